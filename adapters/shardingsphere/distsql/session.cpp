#include "adapters/shardingsphere/distsql/session.hpp"

#include <algorithm>
#include <atomic>
#include <cctype>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>

#include "adapters/mysql/io_timeouts.hpp"
#include "adapters/shardingsphere/distsql/proxy_error.hpp"
#include "adapters/shardingsphere/distsql/statements.hpp"

namespace transload::shardingsphere {
namespace {

using Clock = std::chrono::steady_clock;

/// Whole seconds that are left, as the client library counts them.
std::chrono::seconds left(Clock::time_point deadline) {
    return std::max(std::chrono::seconds{1}, std::chrono::ceil<std::chrono::seconds>(deadline - Clock::now()));
}

std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

results::AnswerRows rows_of(const mysql::Result& result) {
    std::vector<std::string> names;
    for (const std::string& column : result.columns) names.push_back(lower(column));
    results::AnswerRows rows;
    for (const mysql::Row& row : result.rows) {
        results::AnswerRow& answer = rows.emplace_back();
        for (std::size_t i = 0; i < names.size(); ++i) answer[names[i]] = row[i].value_or("");
    }
    return rows;
}

/// A lost connection at the end of the limit is a silent proxy, not a closed one.
[[noreturn]] void rethrow(const mysql::ServerError& error, Clock::time_point deadline, std::chrono::milliseconds limit) {
    ProxyError known = proxy_error(error.code(), error.object(), error.message());
    if (known.no_answer() && Clock::now() >= deadline) throw silent_proxy(error.object(), limit);
    throw known;
}

/// Asks a proxy whether it lives while a statement waits, and cuts the statement's connection when it does not.
class Lookout {
  public:
    Lookout(Endpoint endpoint, st_mysql* waiting, std::chrono::milliseconds stall)
        : waiting_(waiting),
          thread_([this, endpoint = std::move(endpoint), stall](const std::stop_token& over) {
              std::mutex mutex;
              std::condition_variable_any wakeup;
              std::unique_lock lock(mutex);
              const auto wait = [&](std::chrono::milliseconds pause) {
                  wakeup.wait_for(lock, over, pause, [] { return false; });
                  return !over.stop_requested();
              };
              // Most statements are done long before the first question.
              for (auto pause = stall / 4; wait(pause); pause = stall) {
                  if (answers(endpoint, stall) || over.stop_requested()) continue;
                  cut_ = true;
                  waiting_.cut();
                  return;
              }
          }) {}

    /// Ends it; true when it has cut the connection.
    bool end() {
        thread_.request_stop();
        if (thread_.joinable()) thread_.join();
        return cut_;
    }

  private:
    static bool answers(const Endpoint& endpoint, std::chrono::milliseconds stall) {
        try {
            (void)Session(endpoint).run("SHOW COMPUTE NODE INFO", stall);
            return true;
        } catch (const ProxyError& error) {
            return !error.no_answer();
        } catch (const std::exception&) {
            return true;  // it said something
        }
    }

    mysql::ConnectionHold waiting_;
    std::atomic<bool> cut_{false};
    std::jthread thread_;  // the last: it uses the others
};

}  // namespace

void Session::connect(Clock::time_point deadline, std::chrono::milliseconds limit) {
    if (connection_) return;
    Endpoint endpoint = endpoint_;
    endpoint.connect_timeout = std::min<std::chrono::milliseconds>(endpoint.connect_timeout, left(deadline));
    try {
        connection_.emplace(endpoint, mysql::ConnectOptions{.profile = mysql::SessionProfile::proxy,
                                                            .read_timeout = left(deadline),
                                                            .write_timeout = left(deadline)});
    } catch (const mysql::ServerError& error) {
        rethrow(error, deadline, std::min(limit, endpoint.connect_timeout));
    }
    if (database_.empty()) return;
    try {
        mysql::set_io_timeouts(connection_->handle(), left(deadline), left(deadline));
        connection_->execute(statements::use(database_));
    } catch (const mysql::ServerError& error) {
        connection_.reset();
        rethrow(error, deadline, limit);
    }
}

results::AnswerRows Session::run(std::string_view statement, std::chrono::milliseconds limit) {
    const Clock::time_point deadline = Clock::now() + limit;
    connect(deadline, limit);
    try {
        mysql::set_io_timeouts(connection_->handle(), left(deadline), left(deadline));
        return rows_of(connection_->query(statement));
    } catch (const mysql::ServerError& error) {
        if (proxy_error(error.code(), "", "").no_answer()) connection_.reset();
        rethrow(error, deadline, limit);
    }
}

results::AnswerRows Session::run_long(std::string_view statement, std::chrono::milliseconds limit,
                                      std::chrono::milliseconds stall) {
    connect(Clock::now() + stall, stall);
    const Clock::time_point deadline = Clock::now() + limit;
    mysql::set_io_timeouts(connection_->handle(), left(deadline), left(deadline));
    Lookout lookout(endpoint_, connection_->handle(), stall);
    try {
        results::AnswerRows rows = rows_of(connection_->query(statement));
        if (lookout.end()) connection_.reset();
        return rows;
    } catch (const mysql::ServerError& error) {
        const bool given_up = lookout.end();
        if (given_up || proxy_error(error.code(), "", "").no_answer()) connection_.reset();
        if (given_up) throw silent_proxy(error.object(), stall);
        rethrow(error, deadline, limit);
    }
}

void Session::use(const std::string& database, std::chrono::milliseconds limit) {
    const std::string statement = statements::use(database);
    database_.clear();
    run(statement, limit);
    database_ = database;
}

void Session::leave(const std::string& database) {
    if (database_ != database) return;
    database_.clear();
    connection_.reset();
}

}  // namespace transload::shardingsphere
