#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>

/// What servers compress inside their logs. Everything throws Malformed.
namespace transload::mysql::binlog {

/// MariaDB's log_bin_compress: rows or the text of a statement.
[[nodiscard]] std::string inflate_event(std::string_view bytes);

/// A value of a MariaDB column that is declared COMPRESSED.
[[nodiscard]] std::string inflate_column(std::string_view bytes);

/// The events inside a TRANSACTION_PAYLOAD, one after another: the whole is never held unpacked.
class PayloadReader {
  public:
    /// `body`: the event behind its header, without checksum; copied.
    explicit PayloadReader(std::string_view body);
    ~PayloadReader();
    PayloadReader(const PayloadReader&) = delete;
    PayloadReader& operator=(const PayloadReader&) = delete;

    /// An event, header included, without checksum; valid until the next call. nullopt: it was the last.
    [[nodiscard]] std::optional<std::string_view> next();

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace transload::mysql::binlog
