#include "adapters/shardingsphere/distsql/results.hpp"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

namespace transload::shardingsphere::results {
namespace {

using nlohmann::json;

[[noreturn]] void unexpected(const std::string& column, const std::string& message) {
    throw Error(ErrorKind::failed, "shardingsphere.unexpected_answer", column, message,
                "use ShardingSphere-Proxy 5.5.2, or report this with the proxy's version");
}

const std::string& text(const AnswerRow& row, const std::string& column) {
    const auto found = row.find(column);
    if (found == row.end()) unexpected(column, "the proxy's answer has no column " + column);
    return found->second;
}

/// '' is NULL, and NULL is the number 0 wherever this is used.
template <class Number>
Number number(const std::string& value, const std::string& column) {
    Number result = 0;
    if (value.empty()) return result;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), result);
    if (error != std::errc{} || end != value.data() + value.size())
        unexpected(column, "the proxy's answer has no number in " + column + ": " + value);
    return result;
}

template <class Number>
Number number(const AnswerRow& row, const std::string& column) {
    return number<Number>(text(row, column), column);
}

bool flag(const AnswerRow& row, const std::string& column) { return text(row, column) == "true"; }

json parsed(const AnswerRow& row, const std::string& column) {
    const std::string& value = text(row, column);
    if (value.empty()) return json::object();
    json result = json::parse(value, nullptr, false);
    if (!result.is_object()) unexpected(column, "the proxy's answer has no JSON object in " + column + ": " + value);
    return result;
}

/// Numbers come bare, or as texts where they are properties.
template <class Number>
Number number_in(const json& object, const std::string& key, Number otherwise) {
    const auto found = object.find(key);
    if (found == object.end() || found->is_null()) return otherwise;
    return number<Number>(found->is_string() ? found->get<std::string>() : found->dump(), key);
}

std::string string_in(const json& object, const std::string& key) {
    const auto found = object.find(key);
    if (found == object.end() || found->is_null()) return {};
    return found->is_string() ? found->get<std::string>() : found->dump();
}

json object_in(const json& object, const std::string& key) {
    const auto found = object.find(key);
    return found != object.end() && found->is_object() ? *found : json::object();
}

const AnswerRow& only(const AnswerRows& rows, const std::string& what) {
    if (rows.empty()) unexpected(what, "the proxy's answer to " + what + " is empty");
    return rows.front();
}

}  // namespace

ProxyMode mode(const AnswerRows& rows) {
    const AnswerRow& row = only(rows, "SHOW COMPUTE NODE MODE");
    const json properties = parsed(row, "props");
    return {.type = text(row, "type"),
            .repository = text(row, "repository"),
            .namespace_name = string_in(properties, "namespace"),
            .server_lists = string_in(properties, "server-lists")};
}

ComputeNode compute_node(const AnswerRows& rows) {
    const AnswerRow& row = only(rows, "SHOW COMPUTE NODE INFO");
    ComputeNode node{.instance_id = text(row, "instance_id"),
                     .host = text(row, "host"),
                     .port = number<std::uint16_t>(row, "port"),
                     .status = text(row, "status"),
                     .version = text(row, "version")};
    if (node.instance_id.empty()) unexpected("instance_id", "the proxy does not say which instance it is");
    return node;
}

std::vector<UnitRow> units(const AnswerRows& rows) {
    std::vector<UnitRow> result;
    for (const AnswerRow& row : rows)
        result.push_back({.name = text(row, "name"),
                          .host = text(row, "host"),
                          .port = number<std::uint16_t>(row, "port"),
                          .database = text(row, "db")});
    return result;
}

std::vector<MigrationEntry> migrations(const AnswerRows& rows) {
    std::vector<MigrationEntry> result;
    for (const AnswerRow& row : rows)
        result.push_back({.id = text(row, "id"), .tables = text(row, "tables"), .active = flag(row, "active")});
    return result;
}

MigrationStatus migration_status(const AnswerRows& rows) {
    MigrationStatus result;
    if (rows.empty()) return result;
    const AnswerRow& row = rows.front();
    result.status = text(row, "status");
    result.active = flag(row, "active");
    result.processed_records = number<std::uint64_t>(row, "processed_records_count");
    result.inventory_percentage = number<double>(row, "inventory_finished_percentage");
    if (!text(row, "incremental_idle_seconds").empty())
        result.incremental_idle_seconds = number<std::uint64_t>(row, "incremental_idle_seconds");
    for (const AnswerRow& each : rows)
        if (result.error_message.empty()) result.error_message = text(each, "error_message");
    return result;
}

std::optional<CheckStatus> check_status(const AnswerRows& rows) {
    if (rows.empty()) return std::nullopt;
    CheckStatus result;
    result.inventory_percentage = 100;
    bool all_told = true, all_true = true;
    for (const AnswerRow& row : rows) {
        const std::string& told = text(row, "result");
        all_told = all_told && !told.empty();
        all_true = all_true && told == "true";
        result.active = result.active || flag(row, "active");
        result.inventory_percentage =
            std::min(result.inventory_percentage, number<double>(row, "inventory_finished_percentage"));
        if (result.error_message.empty()) result.error_message = text(row, "error_message");
    }
    if (all_told) result.result = all_true;
    return result;
}

MigrationRule migration_rule(const AnswerRows& rows) {
    const AnswerRow& row = only(rows, "SHOW MIGRATION RULE");
    const json read = parsed(row, "read"), write = parsed(row, "write"), channel = parsed(row, "stream_channel");
    MigrationRule result;
    result.read_threads = number_in<unsigned>(read, "workerThread", result.read_threads);
    result.read_batch = number_in<std::uint64_t>(read, "batchSize", result.read_batch);
    result.sharding_size = number_in<std::uint64_t>(read, "shardingSize", result.sharding_size);
    result.write_threads = number_in<unsigned>(write, "workerThread", result.write_threads);
    result.write_batch = number_in<std::uint64_t>(write, "batchSize", result.write_batch);
    result.queue_size =
        number_in<std::uint64_t>(object_in(channel, "props"), "block-queue-size", result.queue_size);
    const json limiter = object_in(object_in(read, "rateLimiter"), "props");
    result.rows_per_second = number_in<std::uint64_t>(limiter, "qps", 0) * result.read_batch;
    return result;
}

std::vector<std::string> column(const AnswerRows& rows, const std::string& name) {
    std::vector<std::string> result;
    for (const AnswerRow& row : rows) result.push_back(text(row, name));
    return result;
}

std::vector<std::string> nodes(const AnswerRows& rows) {
    std::vector<std::string> result;
    for (const std::string& list : column(rows, "nodes")) {
        std::size_t begin = 0;
        while (begin < list.size()) {
            const std::size_t end = std::min(list.find(',', begin), list.size());
            const std::size_t first = list.find_first_not_of(' ', begin);
            if (first < end) result.push_back(list.substr(first, end - first));
            begin = end + 1;
        }
    }
    return result;
}

}  // namespace transload::shardingsphere::results
