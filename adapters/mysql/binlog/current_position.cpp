#include <fmt/format.h>

#include <chrono>
#include <thread>

#include "adapters/mysql/binlog/change_reader.hpp"
#include "adapters/mysql/binlog/log_session.hpp"
#include "adapters/mysql/quoting.hpp"

namespace transload::mysql::binlog {
namespace {

[[noreturn]] void unavailable(Connection& connection, const std::string& why, const std::string& remedy) {
    throw Error(ErrorKind::failed, "binlog.unavailable", connection.endpoint().label(), why, remedy);
}

struct Place {
    std::string file;
    std::uint64_t offset = 0;
    std::string gtids;
    friend bool operator==(const Place&, const Place&) = default;
};

Place read_place(Connection& connection) {
    const ServerVersion& version = connection.version();
    const bool renamed = !version.mariadb && version.at_least(8, 2);
    try {
        const Result status = connection.query(renamed ? "SHOW BINARY LOG STATUS" : "SHOW MASTER STATUS");
        if (status.rows.empty())
            unavailable(connection, "the server writes no binary log", "set log_bin on the server and restart it");
        const Row& row = status.rows.front();
        Place place{row.at(0).value_or(""), std::stoull(row.at(1).value_or("0")), {}};
        if (!version.mariadb) place.gtids = row.at(status.column("Executed_Gtid_Set")).value_or("");
        return place;
    } catch (const ServerError& error) {
        if (error.connection_lost() || error.kind() == ErrorKind::transient) throw;
        unavailable(connection, "the server does not show its log's position: " + error.message(),
                    version.mariadb ? "GRANT BINLOG MONITOR ON *.* TO the account"
                                    : "GRANT REPLICATION CLIENT ON *.* TO the account");
    }
}

/// The GTIDs up to a place of MariaDB's log. @@gtid_binlog_pos alone may be ahead of the place.
std::string mariadb_gtids(Connection& connection, Place& place) {
    // The server reads the file from its start: for a large one two equal looks at both are cheaper.
    constexpr std::uint64_t cheap = 64U << 20;
    constexpr int tries = 20;
    const auto positions = [&] { return connection.scalar("SELECT @@GLOBAL.gtid_binlog_pos").value_or(""); };
    for (int i = 0; place.offset > cheap && i < tries; ++i) {
        const std::string gtids = positions();
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
        Place again = read_place(connection);
        if (again == place && positions() == gtids) return gtids;
        place = std::move(again);
    }
    return connection
        .scalar(fmt::format("SELECT BINLOG_GTID_POS({}, {})", quote_text(place.file), place.offset))
        .value_or("");
}

}  // namespace

Position current_position(Connection& connection) {
    const LogServer server = log_server(connection);
    Place place = read_place(connection);
    Position position;
    position.server = server.id;
    position.mariadb = connection.version().mariadb;
    // Where GTIDs are not on for all, the set stands still while the log goes on.
    if (position.mariadb)
        position.gtids = mariadb_gtids(connection, place);
    else if (server.gtids)
        position.gtids = GtidSet::parse(place.gtids).text();
    position.file = place.file;
    position.offset = place.offset;
    return position;
}

}  // namespace transload::mysql::binlog
