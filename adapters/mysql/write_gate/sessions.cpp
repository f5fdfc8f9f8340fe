#include "adapters/mysql/write_gate/sessions.hpp"

#include <fmt/format.h>

#include <vector>

namespace transload::mysql {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr unsigned no_such_thread = 1094;

struct Session {
    std::uint64_t id = 0;
    std::string user;
    bool logging_in = false;  ///< its user is not known yet
};

std::vector<Session> older_sessions(Connection& connection, const std::set<std::string>& users, std::uint64_t before) {
    const Result result = connection.query("SHOW PROCESSLIST");
    const std::size_t id = result.column("Id"), user = result.column("User"), command = result.column("Command");
    std::vector<Session> sessions;
    for (const Row& row : result.rows) {
        Session session{std::stoull(row.at(id).value_or("0")), row.at(user).value_or(""), false};
        session.logging_in = session.user == "unauthenticated user";
        if (session.id >= before || row.at(command).value_or("").starts_with("Binlog Dump")) continue;
        if (session.logging_in || users.contains(session.user)) sessions.push_back(std::move(session));
    }
    return sessions;
}

/// False when it has ended by itself.
bool kill(Connection& connection, const Session& session) {
    try {
        connection.execute("KILL " + std::to_string(session.id));
        return true;
    } catch (const ServerError& error) {
        if (error.connection_lost()) throw;
        if (error.code() == no_such_thread) return false;
        throw Error(ErrorKind::failed, "cutover.can't_kill", connection.endpoint().label(),
                    fmt::format("session {} of {} can't be ended: {}", session.id, session.user, error.message()),
                    "GRANT CONNECTION_ADMIN ON *.* to the account (MariaDB: CONNECTION ADMIN; before MySQL 8.0: SUPER)");
    }
}

}  // namespace

void end_sessions(Connection& connection, const std::set<std::string>& users, const JobSpec& spec, RunControl& control) {
    const auto end = Clock::now() + spec.cutover.timeout;
    // Numbers rise: a session with a smaller one began before this one, perhaps with what has been taken away.
    const std::uint64_t now =
        Connection(connection.endpoint(), {.read_timeout = std::chrono::seconds(10)}).thread_id();
    std::set<std::uint64_t> killed;
    for (milliseconds pause{1};; pause = std::min(pause * 2, milliseconds{50})) {
        const std::vector<Session> sessions = older_sessions(connection, users, now);
        for (const Session& session : sessions)
            if (!session.logging_in && !killed.contains(session.id) && kill(connection, session)) killed.insert(session.id);
        if (sessions.empty()) break;
        if (Clock::now() >= end)
            throw Error(ErrorKind::transient, "cutover.sessions_stay", connection.endpoint().label(),
                        fmt::format("{} session(s) of the accounts are still there, the first is {}", sessions.size(),
                                    sessions.front().id),
                        "they may be rolling back a big transaction: look at SHOW PROCESSLIST, and cut over later");
        control.sleep(pause);
    }
    if (!killed.empty())
        control.event(Severity::info, "cutover", "source", fmt::format("ended {} session(s) of the accounts", killed.size()));
}

}  // namespace transload::mysql
