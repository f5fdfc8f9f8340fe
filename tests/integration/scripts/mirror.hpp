#pragma once
#include <atomic>
#include <filesystem>
#include <memory>
#include <string>

#include "tests/support/temp_dir.hpp"

namespace transload::test {

/// A mirror of ShardingSphere's distribution: an archive laid out like the real one, with next to nothing in it, and
/// its checksum, in a folder and on a loopback port.
class Mirror {
  public:
    Mirror();
    ~Mirror();

    [[nodiscard]] std::string url() const;       ///< http://127.0.0.1:PORT/dist
    [[nodiscard]] std::string file_url() const;  ///< file:///…
    [[nodiscard]] unsigned requests() const { return requests_; }
    /// The archive's transfer breaks off halfway.
    void break_off(bool yes) { broken_ = yes; }
    void publish_checksum(const std::string& text) const;
    void publish_good_checksum() const;
    void withdraw(const std::string& suffix) const;  ///< "" the archive, ".sha512" its checksum
    /// The archive holds this instead of a proxy; its checksum is right.
    void publish_other_archive(const std::string& content) const;

  private:
    struct Server;
    void pack(const std::filesystem::path& tree) const;

    TempDir folder_;
    std::filesystem::path archive_;
    std::atomic<unsigned> requests_{0};
    std::atomic<bool> broken_{false};
    std::unique_ptr<Server> server_;
};

}  // namespace transload::test
