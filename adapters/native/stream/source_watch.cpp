#include "adapters/native/stream/source_watch.hpp"

#include <utility>

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
    : watch_(from, std::chrono::seconds(2),
             [this, read = std::move(read)](mysql::Connection& session) { unread_ = behind(session, read()); }) {}

}  // namespace transload::native
