#include "adapters/shardingsphere/distsql/distsql_words.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace transload::shardingsphere {
namespace {

// Keyword.g4 of the migration grammar in 5.5.2, sorted.
constexpr auto words = std::to_array<std::string_view>({
    "add", "algorithms", "alter", "batch_size", "by", "check", "commit", "create", "db", "drop", "exists", "false",
    "from", "host", "if", "into", "job", "list", "migrate", "migration", "name", "password", "port", "properties",
    "rate_limiter", "read", "register", "rollback", "rule", "sharding_size", "show", "source", "start", "status",
    "stop", "storage", "stream_channel", "table", "true", "type", "unit", "units", "unregister", "url", "user",
    "worker_thread", "write",
});

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

}  // namespace

bool is_distsql_word(std::string_view name) {
    std::string lowered(name);
    std::transform(lowered.begin(), lowered.end(), lowered.begin(), lower);
    return std::binary_search(words.begin(), words.end(), std::string_view(lowered));
}

}  // namespace transload::shardingsphere
