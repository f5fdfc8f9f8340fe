#include "adapters/shardingsphere/engine/names.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace transload::shardingsphere {
namespace {

/// As MySQL's own names, and what the registry has room for.
constexpr std::size_t longest_name = 64;

bool is_letter_or_digit(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// Lower case, because servers may fold names of tables.
std::string tag(const JobId& job) {
    std::string text = "tl_";
    for (const char c : job.str())
        if (is_letter_or_digit(c)) text += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return text.substr(0, 40);
}

}  // namespace

std::string source_unit_name(const JobId& job, std::size_t database) { return fmt::format("{}_s{}", tag(job), database); }
std::string target_unit_name(const JobId& job, std::size_t database) { return fmt::format("{}_t{}", tag(job), database); }
std::string staging_prefix(const JobId& job, unsigned table) { return fmt::format("{}_{}_", tag(job), table); }
std::string staging_name(const JobId& job, unsigned table, unsigned attempt) {
    return fmt::format("{}{}", staging_prefix(job, table), attempt);
}

std::string logical_database_name(const JobId& job, std::size_t database, const std::string& target_database, bool taken) {
    const std::string own = fmt::format("{}_d{}", tag(job), database);
    const bool plain = !target_database.empty() && target_database.size() <= longest_name &&
                       std::all_of(target_database.begin(), target_database.end(),
                                   [](char c) { return is_letter_or_digit(c) || c == '_'; }) &&
                       !(target_database.front() >= '0' && target_database.front() <= '9');
    if (!plain) return own;
    if (!taken) return target_database;
    const std::string both = target_database + "_" + own;
    return both.size() <= longest_name ? both : own;
}

}  // namespace transload::shardingsphere
