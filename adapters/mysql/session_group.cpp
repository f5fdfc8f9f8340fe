#include "adapters/mysql/session_group.hpp"

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

std::string lock_name(const std::string& group, unsigned number) { return quote_text(group + " " + std::to_string(number)); }

void end_lost_sessions(Connection& session, const std::string& key, const std::string& group, unsigned own) {
    std::string sql;
    {
        const std::lock_guard lock(mutex);
        const std::set<unsigned>& ours = taken[key];
        for (unsigned i = 0; i < seats; ++i)
            if (i == own || !ours.contains(i)) sql += (sql.empty() ? "SELECT IS_USED_LOCK(" : ", IS_USED_LOCK(") + lock_name(group, i) + ")";
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

SessionSeat::SessionSeat(Connection& session, const std::string& group)
    : key_(session.endpoint().host + ":" + std::to_string(session.endpoint().port) + " " + group), number_(0) {
    {
        const std::lock_guard lock(mutex);
        std::set<unsigned>& ours = taken[key_];
        while (ours.contains(number_)) ++number_;
        ours.insert(number_);
    }
    if (number_ >= seats) return;
    try {
        end_lost_sessions(session, key_, group, number_);
        (void)session.scalar("SELECT GET_LOCK(" + lock_name(group, number_) + ", 5)");
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
