#include "adapters/mysql/binlog/log_session.hpp"

#include <errmsg.h>
#include <fmt/format.h>
#include <mysql.h>
// The plugin interface of the client library: only there does it say what it has read ahead.
#include <ma_pvio.h>
#include <poll.h>

#include <algorithm>
#include <map>
#include <random>

#include "adapters/mysql/binlog/gtid_wire.hpp"
#include "adapters/mysql/binlog/purged_log.hpp"
#include "adapters/mysql/error_codes.hpp"
#include "adapters/mysql/io_timeouts.hpp"
#include "adapters/mysql/quoting.hpp"

namespace transload::mysql::binlog {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

constexpr unsigned log_error = 1236;  // ER_MASTER_FATAL_ERROR_READING_BINLOG: purged, unknown, damaged…
constexpr milliseconds least_silence{10'000};
constexpr int silent_heartbeats = 5;
constexpr unsigned char eof_packet = 0xfe, ok_packet = 0;
constexpr std::size_t longest_eof = 9;

// Commands that the client library has no names or no functions for.
constexpr auto dump_gtid_command = static_cast<enum_server_command>(30);

void append_little(std::string& out, std::uint64_t value, int size) {
    for (int i = 0; i < size; ++i) out += static_cast<char>(value >> (8 * i) & 0xff);
}

std::mt19937_64& random_numbers() {
    thread_local std::mt19937_64 numbers{std::random_device{}()};
    return numbers;
}

std::string random_uuid() {
    std::string bytes;
    append_little(bytes, random_numbers()(), 8);
    append_little(bytes, random_numbers()(), 8);
    bytes[6] = static_cast<char>((bytes[6] & 0x0f) | 0x40);
    bytes[8] = static_cast<char>((bytes[8] & 0x3f) | 0x80);
    return uuid_text(bytes);
}

}  // namespace

LogServer log_server(Connection& connection) {
    LogServer server;
    const auto variable = [&](const char* name) {
        return connection.scalar(std::string("SELECT @@GLOBAL.") + name).value_or("");
    };
    server.checksums = variable("binlog_checksum") == "CRC32";
    server.any_case = variable("lower_case_table_names") != "0";
    if (connection.version().mariadb) {
        server.id = "server_id:" + variable("server_id");
        server.gtids = true;
    } else {
        server.id = variable("server_uuid");
        server.gtids = variable("gtid_mode") == "ON";
    }
    return server;
}

std::vector<std::size_t> hidden_columns(Connection& connection, const std::vector<TablePlan>& tables) {
    const ServerVersion& version = connection.version();
    if (version.mariadb || !version.at_least(8, 0, 13) || version.at_least(8, 0, 18)) return {};
    std::map<TableName, std::size_t> counts;
    for (const Row& row : connection
                              .query("SELECT TABLE_SCHEMA, TABLE_NAME, COUNT(*) FROM information_schema.STATISTICS "
                                     "WHERE EXPRESSION IS NOT NULL GROUP BY TABLE_SCHEMA, TABLE_NAME")
                              .rows)
        counts[{row.at(0).value_or(""), row.at(1).value_or("")}] = std::stoull(row.at(2).value_or("0"));
    std::vector<std::size_t> hidden;
    for (const TablePlan& table : tables) {
        const auto found = counts.find(table.source);
        hidden.push_back(found == counts.end() ? 0 : found->second);
    }
    return hidden;
}

LogSession::LogSession(const Endpoint& endpoint, const std::vector<TablePlan>& tables, const Position& from,
                       milliseconds heartbeat)
    : connection_(endpoint, {.read_timeout = std::chrono::seconds(60), .write_timeout = std::chrono::seconds(60)}),
      server_(log_server(connection_)),
      hidden_(hidden_columns(connection_, tables)),
      from_(from),
      silence_(std::max(least_silence, heartbeat * silent_heartbeats)) {
    const auto nanoseconds = std::chrono::nanoseconds(heartbeat).count();
    const std::string uuid = random_uuid();
    connection_.execute(fmt::format("SET @master_heartbeat_period = {0}, @source_heartbeat_period = {0}", nanoseconds));
    connection_.execute("SET @master_binlog_checksum = @@GLOBAL.binlog_checksum, "
                        "@source_binlog_checksum = @@GLOBAL.binlog_checksum");
    connection_.execute(fmt::format("SET @slave_uuid = '{0}', @replica_uuid = '{0}'", uuid));
    if (connection_.version().mariadb) connection_.execute("SET @mariadb_slave_capability = 4");
    id_ = static_cast<std::uint32_t>(random_numbers()() % 0x7fff'ffff + 0x8000'0000);
    ask(from);
    // A packet that began must go on; the wait for the next one is ours.
    set_io_timeouts(connection_.handle(), std::chrono::duration_cast<std::chrono::seconds>(silence_),
                    std::chrono::seconds(60));
}

void LogSession::ask(const Position& from) {
    MYSQL* const handle = connection_.handle();
    const auto send = [&](enum_server_command command, const std::string& argument, bool no_answer) {
        if (handle->methods->db_command(handle, command, argument.data(), argument.size(), no_answer ? 1 : 0, nullptr) != 0)
            fail(mysql_errno(handle), mysql_error(handle));
    };
    const bool mariadb = connection_.version().mariadb;
    const bool same_server = from.server == server_.id;
    by_gtid_ = read_by_gtid(server_, from, mariadb);
    if (!by_gtid_ && !same_server)
        throw Error(ErrorKind::failed, "binlog.other_history", connection_.endpoint().label(),
                    fmt::format("the position {} belongs to another server ({}), and without GTIDs it means nothing on {}",
                                from.display(), from.server, server_.id),
                    "read from the server that the job began with, or begin the job anew with --restart");
    if (by_gtid_ && !mariadb) {
        const std::string known = connection_.scalar("SELECT @@GLOBAL.gtid_executed").value_or("");
        const GtidSet missing = GtidSet::parse(from.gtids).without(GtidSet::parse(known));
        if (!missing.empty())
            throw Error(ErrorKind::failed, "binlog.other_history", connection_.endpoint().label(),
                        "the server lacks transactions that the job has applied: " + missing.text(),
                        "wait until it has replicated them, or begin the job anew with --restart");
    }
    if (by_gtid_ && mariadb)
        connection_.execute("SET @slave_connect_state = " + quote_text(from.gtids) +
                            ", @slave_gtid_strict_mode = 0, @slave_gtid_ignore_duplicates = 0");

    std::string registration;
    append_little(registration, id_, 4);
    registration.append(3, '\0');            // host, user, password: none of its business
    append_little(registration, 0, 2 + 4 + 4);  // port, rank, source's id
    send(COM_REGISTER_SLAVE, registration, false);

    std::string dump;
    if (by_gtid_ && !mariadb) {
        const std::string set = encode(GtidSet::parse(from.gtids));
        append_little(dump, 0x04, 2);  // BINLOG_THROUGH_GTID
        append_little(dump, id_, 4);
        append_little(dump, 0, 4);     // no file name
        append_little(dump, 4, 8);
        append_little(dump, set.size(), 4);
        dump += set;
        return send(dump_gtid_command, dump, true);
    }
    if (!by_gtid_ && from.offset > 0xffff'ffffULL)
        throw Error(ErrorKind::failed, "binlog.bad_position", from.display(),
                    "a position beyond 4 GiB of a log file can't be asked for without GTIDs",
                    "switch GTIDs on on the source, or begin the job anew with --restart");
    append_little(dump, by_gtid_ ? 4 : from.offset, 4);
    append_little(dump, 0, 2);
    append_little(dump, id_, 4);
    if (!by_gtid_) dump += from.file;
    send(COM_BINLOG_DUMP, dump, true);
}

bool LogSession::has_more() {
    const MARIADB_PVIO* const transport = connection_.handle()->net.pvio;
    if (transport->cache != nullptr && transport->cache_pos < transport->cache + transport->cache_size) return true;
    pollfd socket{mysql_get_socket(connection_.handle()), POLLIN, 0};
    return poll(&socket, 1, 0) > 0;
}

bool LogSession::wait(Clock::time_point until) {
    const MARIADB_PVIO* const transport = connection_.handle()->net.pvio;
    if (transport->cache != nullptr && transport->cache_pos < transport->cache + transport->cache_size) return true;
    // What lies decrypted in the TLS library can't be seen from here: read, and let the heartbeat end it.
    if (connection_.encrypted()) return true;
    const auto begin = Clock::now();
    while (true) {
        const auto now = Clock::now();
        if (now - begin >= silence_)
            fail(CR_SERVER_LOST, fmt::format("the server sent nothing for {} s, not even heartbeats",
                                             std::chrono::duration_cast<std::chrono::seconds>(silence_).count()));
        const auto left = std::chrono::ceil<milliseconds>(std::min<Clock::duration>(until - now, begin + silence_ - now));
        pollfd socket{mysql_get_socket(connection_.handle()), POLLIN, 0};
        const int ready = poll(&socket, 1, static_cast<int>(std::max<milliseconds::rep>(0, left.count())));
        if (ready > 0) return true;
        if (ready < 0 && errno != EINTR) fail(CR_SERVER_LOST, "the connection can't be waited for");
        if (Clock::now() >= until) return false;
    }
}

std::optional<std::string_view> LogSession::next(Clock::time_point until) {
    if (!wait(until)) return std::nullopt;
    MYSQL* const handle = connection_.handle();
    const unsigned long size = mysql_net_read_packet(handle);
    if (size == packet_error || size == 0) fail(mysql_errno(handle), mysql_error(handle));
    const std::string_view packet(reinterpret_cast<const char*>(handle->net.read_pos), size);
    const auto first = static_cast<unsigned char>(packet[0]);
    if (first == eof_packet && size < longest_eof) fail(CR_SERVER_LOST, "the server ended its log's stream");
    if (first != ok_packet) fail(CR_MALFORMED_PACKET, "the server sent no event where one belongs");
    return packet.substr(1);
}

void LogSession::fail(unsigned code, const std::string& message) {
    if (code == log_error) purged(message);
    const KnownError* const known = find_known_error(code);
    throw ServerError(known != nullptr ? known->kind : ErrorKind::failed, code, connection_.endpoint().label(),
                      fmt::format("{} (error {})", message, code),
                      known != nullptr ? std::string(known->remedy) : "see the server's message");
}

void LogSession::purged(const std::string& message) {
    std::string lost = "the log from " + from_.display() + " on";
    bool other_history = false;
    try {
        Connection side(connection_.endpoint(), {.read_timeout = std::chrono::seconds(10)});
        const auto gone = purged_behind(side, from_);
        if (gone) lost = *gone;
        other_history = by_gtid_ && side.version().mariadb ? message.find("not in the master") != std::string::npos : !gone;
    } catch (const Error&) {
        // The server's own words must do.
    }
    if (other_history)
        throw Error(ErrorKind::failed, "binlog.other_history", connection_.endpoint().label(),
                    fmt::format("the server can't go on with its log behind {}: {}", from_.display(), message),
                    "its log is not the one that the job has read (RESET? restored?): begin the job anew with --restart");
    throw log_purged(connection_.endpoint(), lost, message);
}

}  // namespace transload::mysql::binlog
