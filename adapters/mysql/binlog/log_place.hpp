#pragma once
#include <cstdint>
#include <map>
#include <string>

#include "adapters/mysql/binlog/event.hpp"
#include "adapters/mysql/binlog/position.hpp"

namespace transload::mysql::binlog {

/// Where in the log the events are that are read, and what lies behind them.
class LogPlace {
  public:
    /// `server` is read from `from` on, which may have been a place in another's log.
    LogPlace(const Position& from, std::string server);

    /// The log goes on in that file.
    void rotate(std::string_view file, std::uint64_t offset);
    /// An event was read (its 32 bits of offset are all that large files have).
    void passed(const EventHeader& header);
    /// No transaction is open: what was passed is behind us.
    void settle();
    /// The transaction that ends here is behind us.
    void committed(const Gtid& gtid);

    [[nodiscard]] Stamp stamp(const Gtid& gtid) const { return {server_, file_, offset_, gtid}; }
    [[nodiscard]] const Position& position();
    [[nodiscard]] std::string text() const { return file_ + ":" + std::to_string(offset_); }

  private:
    struct Last {
        std::uint32_t server_id = 0;
        std::uint64_t number = 0;
    };

    Position position_;
    std::string server_, file_;
    std::uint64_t offset_ = 0;
    bool by_gtid_;
    bool gtids_changed_ = false;
    GtidSet executed_;
    std::map<std::uint64_t, Last> domains_;
};

}  // namespace transload::mysql::binlog
