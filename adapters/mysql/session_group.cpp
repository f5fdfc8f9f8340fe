#include "adapters/mysql/session_group.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <mutex>
#include <set>
#include <utility>
#include <vector>

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

/// The seats that nobody in this process has, and `own`, whose new session does not hold it yet.
std::vector<unsigned> empty_seats(const std::string& key, unsigned own) {
    const std::lock_guard lock(mutex);
    const std::set<unsigned>& ours = taken[key];
    std::vector<unsigned> empty;
    for (unsigned i = 0; i < seats; ++i)
        if (i == own || !ours.contains(i)) empty.push_back(i);
    return empty;
}

void end_lost_sessions(Connection& session, const std::string& key, const std::string& group, unsigned own) {
    const std::vector<unsigned> asked = empty_seats(key, own);
    std::string sql;
    for (const unsigned seat : asked) sql += (sql.empty() ? "SELECT IS_USED_LOCK(" : ", IS_USED_LOCK(") + lock_of(session, group, seat) + ")";
    const Result holders = session.query(sql);
    // A session of this process may have sat down between the choice of seats and the server's answer. One that is in the
    // answer has its seat in `taken` until it is closed, so what is empty now as well was held by somebody else.
    const std::vector<unsigned> still_empty = empty_seats(key, own);
    for (std::size_t i = 0; i < asked.size(); ++i) {
        const Value& holder = holders.rows.at(0).at(i);
        if (!holder || !std::binary_search(still_empty.begin(), still_empty.end(), asked[i])) continue;
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

SessionSeat::SessionSeat(std::string key) : key_(std::move(key)) {
    const std::lock_guard lock(mutex);
    std::set<unsigned>& ours = taken[key_];
    while (ours.contains(number_)) ++number_;
    ours.insert(number_);
}

SessionSeat::SessionSeat(Connection& session, const std::string& group)
    : SessionSeat(address(session.endpoint()) + " " + group) {
    if (number_ >= seats) return;
    try {
        end_lost_sessions(session, key_, group, number_);
        (void)session.scalar("SELECT GET_LOCK(" + lock_of(session, group, number_) + ", 5)");
    } catch (const ServerError& error) {
        if (error.connection_lost()) throw;
    }
}

SessionSeat::~SessionSeat() {
    const std::lock_guard lock(mutex);
    taken[key_].erase(number_);
}

}  // namespace transload::mysql
