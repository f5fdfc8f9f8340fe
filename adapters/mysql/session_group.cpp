#include "adapters/mysql/session_group.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <map>
#include <mutex>
#include <set>

#include "adapters/mysql/quoting.hpp"

namespace transload::mysql {
namespace {

constexpr unsigned seats = 96;  ///< more sessions than a job opens; who gets none goes without

std::mutex mutex;
/// Taken in this process, by server and group.
std::map<std::string, std::set<unsigned>> taken;

/// FNV-1a. Source and target may be one server under two names: then their sessions are strangers to each other in `taken`,
/// and must be in the locks.
std::uint32_t digest(const std::string& text) {
    std::uint32_t hash = 2166136261U;
    for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
    return hash;
}

std::string address(const Endpoint& server) { return server.host + ":" + std::to_string(server.port); }

std::string lock_of(const Connection& session, const std::string& group, unsigned number) {
    return quote_text(seat_name(session.endpoint(), group, number));
}

void end_lost_sessions(Connection& session, const std::string& key, const std::string& group, unsigned own) {
    std::string sql;
    {
        const std::lock_guard lock(mutex);
        const std::set<unsigned>& ours = taken[key];
        for (unsigned i = 0; i < seats; ++i)
            if (i == own || !ours.contains(i)) sql += (sql.empty() ? "SELECT IS_USED_LOCK(" : ", IS_USED_LOCK(") + lock_of(session, group, i) + ")";
    }
    const Result holders = session.query(sql);
    for (const Value& holder : holders.rows.at(0)) {
        if (!holder) continue;
        try {
            session.execute("KILL " + *holder);
        } catch (const ServerError& error) {
            if (error.connection_lost()) throw;
            // It has just ended by itself, or is another account's.
        }
    }
}

}  // namespace

std::string session_group(const JobId& job) { return "transload " + job.str(); }

std::string seat_name(const Endpoint& server, const std::string& group, unsigned number) {
    return fmt::format("{} {:08x} {}", group, digest(address(server)), number);
}

SessionSeat::SessionSeat(Connection& session, const std::string& group)
    : key_(address(session.endpoint()) + " " + group), number_(0) {
    {
        const std::lock_guard lock(mutex);
        std::set<unsigned>& ours = taken[key_];
        while (ours.contains(number_)) ++number_;
        ours.insert(number_);
    }
    if (number_ >= seats) return;
    try {
        end_lost_sessions(session, key_, group, number_);
        (void)session.scalar("SELECT GET_LOCK(" + lock_of(session, group, number_) + ", 5)");
    } catch (const ServerError& error) {
        if (!error.connection_lost()) return;
        const std::lock_guard lock(mutex);
        taken[key_].erase(number_);
        throw;
    }
}

SessionSeat::~SessionSeat() {
    const std::lock_guard lock(mutex);
    taken[key_].erase(number_);
}

}  // namespace transload::mysql
