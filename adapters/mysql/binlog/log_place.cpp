#include "adapters/mysql/binlog/log_place.hpp"

#include <charconv>

namespace transload::mysql::binlog {
namespace {

std::uint64_t to_number(std::string_view digits) {
    std::uint64_t value = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return value;
}

}  // namespace

LogPlace::LogPlace(const Position& from, std::string server)
    : position_(from), server_(std::move(server)), by_gtid_(!from.gtids.empty()) {
    if (from.server == server_) {
        file_ = from.file;
        offset_ = from.offset;
    }
    if (!from.mariadb) {
        if (by_gtid_) executed_ = GtidSet::parse(from.gtids);
        return;
    }
    std::string_view rest = from.gtids;
    while (!rest.empty()) {
        const std::size_t end = std::min(rest.find(','), rest.size());
        const std::string_view gtid = rest.substr(0, end);
        const std::size_t first = gtid.find('-'), second = gtid.rfind('-');
        domains_[to_number(gtid.substr(0, first))] = {
            static_cast<std::uint32_t>(to_number(gtid.substr(first + 1, second - first - 1))),
            to_number(gtid.substr(second + 1))};
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
}

void LogPlace::rotate(std::string_view file, std::uint64_t offset) {
    if (file == file_ && offset <= offset_) return;
    file_ = file;
    offset_ = offset;
}

void LogPlace::settle() {
    // MySQL's stream by GTIDs may begin in an earlier file, and skip what is known: the position must not go back. So may
    // MariaDB's, when it is another server's place that it goes on from.
    if ((by_gtid_ && !position_.mariadb) || position_.server != server_) return;
    if (position_.offset == offset_ && position_.file == file_) return;
    position_.file = file_;
    position_.offset = offset_;
}

void LogPlace::passed(const EventHeader& header) {
    if (header.end == 0 || (header.flags & artificial_flag) != 0) return;
    constexpr std::uint64_t low = 0xffff'ffff;
    std::uint64_t offset = (offset_ & ~low) | header.end;
    // Half of the range behind means that the low bits went over their end.
    if (offset + (low >> 1) < offset_) offset += low + 1;
    offset_ = offset;
}

void LogPlace::committed(const Gtid& gtid) {
    position_.server = server_;
    position_.file = file_;
    position_.offset = offset_;
    if (gtid.empty()) {
        // What has no name makes the set of names useless as a position: file and offset remain.
        if (!position_.mariadb) {
            position_.gtids.clear();
            executed_ = {};
            by_gtid_ = gtids_changed_ = false;
        }
        return;
    }
    if (position_.mariadb) {
        domains_[to_number(gtid.source)] = {gtid.server_id, gtid.number};
        gtids_changed_ = true;
    } else if (by_gtid_) {
        executed_.add(gtid.source, gtid.number);
        gtids_changed_ = true;
    }
}

const Position& LogPlace::position() {
    if (!gtids_changed_) return position_;
    gtids_changed_ = false;
    if (!position_.mariadb) {
        position_.gtids = executed_.text();
        return position_;
    }
    position_.gtids.clear();
    for (const auto& [domain, last] : domains_)
        position_.gtids += (position_.gtids.empty() ? "" : ",") + std::to_string(domain) + "-" +
                           std::to_string(last.server_id) + "-" + std::to_string(last.number);
    return position_;
}

}  // namespace transload::mysql::binlog
