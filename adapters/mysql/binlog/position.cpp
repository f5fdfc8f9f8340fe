#include "adapters/mysql/binlog/position.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <tuple>

#include "orchestrator/plan/error.hpp"

namespace transload::mysql::binlog {
namespace {

constexpr char separator = '|';
constexpr std::string_view form = "1";  // of Position::text

[[noreturn]] void bad(std::string_view text) {
    throw Error(ErrorKind::failed, "binlog.bad_position", std::string(text.substr(0, 200)),
                "'" + std::string(text.substr(0, 200)) + "' is no position in a change log",
                "the record of the position is damaged: begin the job anew with --restart");
}

std::uint64_t number_of(std::string_view digits, std::string_view whole) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc() || end != digits.data() + digits.size()) bad(whole);
    return value;
}

/// Calls `take` for each part of `text` between separators.
template <class Take>
void split(std::string_view text, char by, Take take) {
    while (true) {
        const std::size_t end = std::min(text.find(by), text.size());
        take(text.substr(0, end));
        if (end == text.size()) return;
        text.remove_prefix(end + 1);
    }
}

bool is_uuid(std::string_view text) {
    constexpr std::size_t size = 36;
    if (text.size() != size) return false;
    for (std::size_t i = 0; i < size; ++i) {
        const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash ? text[i] != '-' : std::isxdigit(static_cast<unsigned char>(text[i])) == 0) return false;
    }
    return true;
}

bool is_tag(std::string_view text) {
    return !text.empty() && text.size() <= 32 && (std::isalpha(static_cast<unsigned char>(text[0])) != 0 || text[0] == '_') &&
           std::all_of(text.begin(), text.end(),
                       [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; });
}

/// Files are numbered, and the numbers may outgrow their six digits.
std::pair<std::uint64_t, std::string_view> file_order(std::string_view file) {
    const std::size_t dot = file.rfind('.');
    std::uint64_t number = 0;
    if (dot != std::string_view::npos) {
        const std::string_view digits = file.substr(dot + 1);
        std::from_chars(digits.data(), digits.data() + digits.size(), number);
    }
    return {number, file};
}

bool not_behind(std::string_view file, std::uint64_t offset, std::string_view later_file, std::uint64_t later_offset) {
    const auto a = file_order(file), b = file_order(later_file);
    return std::tie(a.first, a.second, offset) <= std::tie(b.first, b.second, later_offset);
}

/// MariaDB: last sequence number of each domain.
std::map<std::string, std::uint64_t> domains(std::string_view gtids) {
    std::map<std::string, std::uint64_t> last;
    if (gtids.empty()) return last;
    split(gtids, ',', [&](std::string_view gtid) {
        const std::size_t first = gtid.find('-'), second = gtid.rfind('-');
        if (first == std::string_view::npos || first == second) bad(gtids);
        std::uint64_t& number = last[std::string(gtid.substr(0, first))];
        number = std::max(number, number_of(gtid.substr(second + 1), gtids));
    });
    return last;
}

[[noreturn]] void apart(const std::string& one, const std::string& other) {
    throw Error(ErrorKind::failed, "binlog.positions_apart", one,
                "nobody can tell whether " + one + " comes before " + other + ": other servers, and no GTIDs",
                "switch GTIDs on, or begin the job anew on this server with --restart");
}

}  // namespace

GtidSet GtidSet::parse(std::string_view text) {
    std::string clean;
    for (const char c : text)
        if (std::isspace(static_cast<unsigned char>(c)) == 0)
            clean += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    GtidSet set;
    if (clean.empty()) return set;
    split(clean, ',', [&](std::string_view member) {
        if (member.empty()) return;  // "a:1,,b:2" is what servers take, too
        std::string uuid, source;
        split(member, ':', [&](std::string_view part) {
            if (uuid.empty()) {
                if (!is_uuid(part)) bad(text);
                uuid = source = part;
            } else if (is_tag(part)) {
                source = uuid + ":" + std::string(part);
            } else {
                const std::size_t dash = part.find('-');
                const std::uint64_t first = number_of(part.substr(0, dash), text);
                const std::uint64_t last =
                    dash == std::string_view::npos ? first : number_of(part.substr(dash + 1), text);
                if (first == 0 || last < first || last == ~std::uint64_t{0}) bad(text);
                set.add(source, first, last);
            }
        });
    });
    return set;
}

std::string GtidSet::text() const {
    std::string text;
    std::string uuid;
    for (const auto& [source, ranges] : ranges_) {
        const std::string_view id = std::string_view(source).substr(0, std::min<std::size_t>(source.size(), 36));
        // All tags of one server stand behind its UUID, as servers print it.
        if (id == uuid) {
            text += source.substr(id.size());
        } else {
            if (!text.empty()) text += ',';
            text += source;
            uuid = id;
        }
        for (const auto& [first, last] : ranges) {
            text += ':' + std::to_string(first);
            if (last != first) text += '-' + std::to_string(last);
        }
    }
    return text;
}

void GtidSet::add(const std::string& source, std::uint64_t number) { add(source, number, number); }

void GtidSet::add(const std::string& source, std::uint64_t first, std::uint64_t last) {
    Ranges& ranges = ranges_[source];
    auto next = ranges.upper_bound(first);
    if (next != ranges.begin()) {
        const auto before = std::prev(next);
        if (before->second + 1 >= first) {
            before->second = std::max(before->second, last);
            first = before->first;
            last = before->second;
        } else {
            ranges.emplace_hint(next, first, last);
        }
    } else {
        ranges.emplace(first, last);
    }
    while (next != ranges.end() && next->first <= last + 1) {
        ranges[first] = std::max(last, next->second);
        last = ranges[first];
        next = ranges.erase(next);
    }
}

bool GtidSet::contains(const std::string& source, std::uint64_t number) const {
    const auto ranges = ranges_.find(source);
    if (ranges == ranges_.end()) return false;
    const auto next = ranges->second.upper_bound(number);
    return next != ranges->second.begin() && std::prev(next)->second >= number;
}

bool GtidSet::contains(const GtidSet& other) const {
    for (const auto& [source, ranges] : other.ranges_) {
        const auto mine = ranges_.find(source);
        for (const auto& [first, last] : ranges) {
            if (mine == ranges_.end()) return false;
            const auto next = mine->second.upper_bound(first);
            if (next == mine->second.begin() || std::prev(next)->second < last) return false;
        }
    }
    return true;
}

GtidSet GtidSet::without(const GtidSet& other) const {
    GtidSet left;
    for (const auto& [source, ranges] : ranges_) {
        const auto theirs = other.ranges_.find(source);
        for (const auto& range : ranges) {
            auto [first, last] = std::pair(range.first, range.second);
            if (theirs != other.ranges_.end()) {
                for (const auto& [taken_first, taken_last] : theirs->second) {
                    if (taken_last < first || taken_first > last) continue;
                    if (taken_first > first) left.add(source, first, taken_first - 1);
                    first = taken_last + 1;
                    if (first > last) break;
                }
            }
            if (first <= last) left.add(source, first, last);
        }
    }
    return left;
}

std::string Position::text() const {
    // File names of logs have no such character: servers refuse it in log_bin's value as little as anything, but
    // nobody writes it there, and parse() would notice.
    return std::string(form) + separator + (mariadb ? "mariadb" : "mysql") + separator + server + separator + file +
           separator + std::to_string(offset) + separator + gtids;
}

Position Position::parse(std::string_view text) {
    std::vector<std::string_view> parts;
    split(text, separator, [&](std::string_view part) { parts.push_back(part); });
    if (parts.size() != 6 || parts[0] != form || (parts[1] != "mariadb" && parts[1] != "mysql")) bad(text);
    Position position;
    position.mariadb = parts[1] == "mariadb";
    position.server = parts[2];
    position.file = parts[3];
    position.offset = number_of(parts[4], text);
    position.gtids = parts[5];
    if (position.mariadb)
        static_cast<void>(domains(position.gtids));
    else
        static_cast<void>(GtidSet::parse(position.gtids));
    return position;
}

bool covers(const Position& position, const Stamp& stamp) {
    const bool gtids = !position.gtids.empty() && !stamp.gtid.empty();
    const bool places = !position.server.empty() && position.server == stamp.server && position.known();
    // MariaDB's numbers may go backwards inside one server's log (another master wrote before): its place is surer.
    if (gtids && !(position.mariadb && places)) {
        if (!position.mariadb) return GtidSet::parse(position.gtids).contains(stamp.gtid.source, stamp.gtid.number);
        const auto last = domains(position.gtids);
        const auto domain = last.find(stamp.gtid.source);
        return domain != last.end() && domain->second >= stamp.gtid.number;
    }
    if (!places) apart(position.display(), stamp.file + ":" + std::to_string(stamp.offset));
    return not_behind(stamp.file, stamp.offset, position.file, position.offset);
}

bool covers(const Position& later, const Position& earlier) {
    const bool places = !later.server.empty() && later.server == earlier.server && later.known() && earlier.known();
    const bool gtids = !later.gtids.empty() && !earlier.gtids.empty() && later.mariadb == earlier.mariadb;
    if (gtids && !(later.mariadb && places)) {
        if (!later.mariadb) return GtidSet::parse(later.gtids).contains(GtidSet::parse(earlier.gtids));
        const auto last = domains(later.gtids);
        for (const auto& [domain, number] : domains(earlier.gtids)) {
            const auto found = last.find(domain);
            if (found == last.end() || found->second < number) return false;
        }
        return true;
    }
    if (!places) apart(later.display(), earlier.display());
    return not_behind(earlier.file, earlier.offset, later.file, later.offset);
}

}  // namespace transload::mysql::binlog
