#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// Places in a server's change log, and which of two comes first.
namespace transload::mysql::binlog {

/// Set of transactions of MySQL: uuid → disjoint, sorted ranges of numbers, both ends included.
class GtidSet {
  public:
    /// "uuid:1-5:7,uuid2:3", line breaks and spaces allowed; also MySQL 9's tagged "uuid:tag:1-3". Throws Error{failed,
    /// "binlog.bad_position"}.
    [[nodiscard]] static GtidSet parse(std::string_view text);
    /// Canonical: sorted, merged, no spaces.
    [[nodiscard]] std::string text() const;

    /// `source` is the uuid, with ":tag" where the transaction has one; lower case.
    void add(const std::string& source, std::uint64_t number);
    void add(const std::string& source, std::uint64_t first, std::uint64_t last);
    [[nodiscard]] bool contains(const std::string& source, std::uint64_t number) const;
    [[nodiscard]] bool contains(const GtidSet& other) const;
    /// What is in this set and not in `other`.
    [[nodiscard]] GtidSet without(const GtidSet& other) const;
    [[nodiscard]] bool empty() const { return ranges_.empty(); }

    using Ranges = std::map<std::uint64_t, std::uint64_t>;  ///< first → last
    [[nodiscard]] const std::map<std::string, Ranges>& ranges() const { return ranges_; }

  private:
    std::map<std::string, Ranges> ranges_;
};

/// One transaction's name: MySQL "uuid[:tag]" and number; MariaDB domain "0" … with server id and sequence. `source` is
/// empty where the server has no GTIDs.
struct Gtid {
    std::string source;
    std::uint64_t number = 0;
    std::uint32_t server_id = 0;  ///< MariaDB
    [[nodiscard]] bool empty() const { return source.empty(); }
};

/// A place behind a whole transaction. Two kinds of coordinates, both filled in where the server has both: file and
/// offset, which only mean something on the server `server`, and GTIDs, which mean the same on its replicas.
struct Position {
    std::string server;  ///< server_uuid; MariaDB: "server_id:N"
    std::string file;
    std::uint64_t offset = 0;
    std::string gtids;   ///< MySQL: executed set, canonical; MariaDB: "0-1-42,1-1-7", the last of each domain
    bool mariadb = false;

    [[nodiscard]] bool known() const { return !file.empty(); }
    /// What people are shown: the GTIDs, else "file:offset".
    [[nodiscard]] std::string display() const { return gtids.empty() ? file + ":" + std::to_string(offset) : gtids; }

    /// One line for a checkpoint; parse(text()) is equal.
    [[nodiscard]] std::string text() const;
    /// Throws Error{failed, "binlog.bad_position"}.
    [[nodiscard]] static Position parse(std::string_view text);
    friend bool operator==(const Position&, const Position&) = default;
};

/// Where one transaction stands in the log that is read.
struct Stamp {
    std::string server;  ///< as in Position
    std::string file;
    std::uint64_t offset = 0;  ///< behind its last event
    Gtid gtid;
};

/// The transaction is among those that `position` stands behind. By GTID where both have one, else by file and offset;
/// MariaDB on the same server always by file and offset, since its numbers may go backwards in one log.
/// Throws Error{failed, "binlog.positions_apart"} when neither can tell (another server, no GTIDs).
[[nodiscard]] bool covers(const Position& position, const Stamp& stamp);

/// All that is before `earlier` is before `later` too. Throws as above.
[[nodiscard]] bool covers(const Position& later, const Position& earlier);

}  // namespace transload::mysql::binlog
