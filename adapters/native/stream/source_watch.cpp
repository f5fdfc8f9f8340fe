#include "adapters/native/stream/source_watch.hpp"

#include <condition_variable>
#include <memory>
#include <mutex>

#include "adapters/mysql/connection.hpp"

namespace transload::native {
namespace {

std::uint64_t behind(mysql::Connection& from, const mysql::binlog::Position& read) {
    std::uint64_t bytes = 0;
    bool found = false;
    for (const mysql::Row& row : from.query("SHOW BINARY LOGS").rows) {
        const std::uint64_t size = std::stoull(row.at(1).value_or("0"));
        if (row.at(0) == read.file) {
            found = true;
            bytes = size > read.offset ? size - read.offset : 0;
        } else if (found) {
            bytes += size;
        }
    }
    return bytes;
}

}  // namespace

SourceWatch::SourceWatch(const Endpoint& from, std::function<mysql::binlog::Position()> read)
    : from_(from), read_(std::move(read)), thread_([this](const std::stop_token& ended) { run(ended); }) {}

SourceWatch::~SourceWatch() = default;

void SourceWatch::run(const std::stop_token& ended) {
    std::mutex mutex;
    std::condition_variable_any wake;
    std::unique_lock lock(mutex);
    std::unique_ptr<mysql::Connection> from;
    while (!ended.stop_requested()) {
        try {
            if (!from)
                from = std::make_unique<mysql::Connection>(
                    from_, mysql::ConnectOptions{.read_timeout = std::chrono::seconds(10)});
            unread_ = behind(*from, read_());
        } catch (const mysql::ServerError& error) {
            from.reset();
            if (error.kind() != ErrorKind::transient) return;
        }
        wake.wait_for(lock, ended, std::chrono::seconds(2), [] { return false; });
    }
}

}  // namespace transload::native
