#include "orchestrator/codec/spec_json.hpp"

#include "orchestrator/codec/endpoint_json.hpp"
#include "orchestrator/codec/shardingsphere_json.hpp"

namespace transload {
namespace {

using codec::endpoint_from;
using codec::endpoint_json;
using codec::find;
using codec::malformed;
using codec::milliseconds_of;
using codec::read;
using codec::read_choice;
using codec::read_small;
using codec::sharding_from;
using codec::sharding_json;
using codec::text_of;

Json target_json(const JobSpec& spec) {
    // A sharded target's own endpoint is that of its default unit.
    if (spec.sharding) return {{"sharding", sharding_json(*spec.sharding)}};
    return endpoint_json(spec.target);
}

void read_target(const Json& document, JobSpec& spec) {
    const Json* object = find(document, "target");
    if (object == nullptr) return;
    if (const Json* sharding = find(*object, "sharding")) {
        spec.sharding = sharding_from(*sharding);
        for (const StorageUnit& unit : spec.sharding->units)
            if (unit.name == spec.sharding->default_unit) spec.target = unit.endpoint;
    } else {
        spec.target = endpoint_from(*object);
    }
}

Json hand_over_json(const HandOverOptions& hand_over) {
    Json object{{"command", hand_over.command}, {"timeout", text_of(hand_over.timeout)}};
    if (!hand_over.webhook.empty()) object["webhook"] = hand_over.webhook;  // a job file has no empty URL
    return object;
}

Json cutover_json(const CutoverOptions& cutover) {
    return {{"mode", to_string(cutover.mode)},
            {"write_stop", to_string(cutover.write_stop)},
            {"accounts", cutover.accounts},
            {"hook", cutover.hook},
            {"timeout", text_of(cutover.timeout)},
            {"open_transactions", to_string(cutover.open_transactions)},
            {"transaction_limit", text_of(cutover.transaction_limit)},
            {"max_lag", text_of(cutover.max_lag)},
            {"reverse", cutover.reverse},
            {"hand_over", hand_over_json(cutover.hand_over)}};
}

void read_hand_over(const Json& cutover, HandOverOptions& hand_over) {
    const Json* object = find(cutover, "hand_over");
    if (object == nullptr) return;
    codec::read_texts(*object, "command", hand_over.command);
    read(*object, "webhook", hand_over.webhook);
    read(*object, "timeout", hand_over.timeout);
}

void read_cutover(const Json& spec, CutoverOptions& cutover) {
    const Json* object = find(spec, "cutover");
    if (object == nullptr) return;
    read_choice(*object, "mode", cutover.mode);
    read_choice(*object, "write_stop", cutover.write_stop);
    codec::read_texts(*object, "accounts", cutover.accounts);
    codec::read_texts(*object, "hook", cutover.hook);
    read(*object, "timeout", cutover.timeout);
    read_choice(*object, "open_transactions", cutover.open_transactions);
    read(*object, "transaction_limit", cutover.transaction_limit);
    read(*object, "max_lag", cutover.max_lag);
    read(*object, "reverse", cutover.reverse);
    read_hand_over(*object, cutover.hand_over);
}

Json follow_json(const FollowOptions& follow) {
    return {{"ddl", to_string(follow.ddl)}, {"validate_every", text_of(follow.validate_every)}};
}

void read_follow(const Json& spec, FollowOptions& follow) {
    const Json* object = find(spec, "follow");
    if (object == nullptr) return;
    read_choice(*object, "ddl", follow.ddl);
    read(*object, "validate_every", follow.validate_every);
}

/// Members that say nothing are left out: a job file has no empty names.
Json mapping_json(const TableMapping& mapping) {
    Json object{{"match", mapping.match}};
    const auto put = [&](const char* member, const std::string& text) {
        if (!text.empty()) object[member] = text;
    };
    put("rename", mapping.rename);
    put("prefix", mapping.prefix);
    put("suffix", mapping.suffix);
    if (!mapping.columns.empty()) object["columns"] = mapping.columns;
    if (!mapping.leave_out.empty()) object["leave_out"] = mapping.leave_out;
    put("where", mapping.where);
    return object;
}

TableMapping mapping_from(const Json& object) {
    TableMapping mapping;
    read(object, "match", mapping.match);
    read(object, "rename", mapping.rename);
    read(object, "prefix", mapping.prefix);
    read(object, "suffix", mapping.suffix);
    if (const Json* columns = find(object, "columns")) {
        if (!columns->is_object()) malformed("columns", "an object");
        for (auto column = columns->begin(); column != columns->end(); ++column) {
            if (!column.value().is_string()) malformed("columns", "an object of texts");
            mapping.columns[column.key()] = column.value().get<std::string>();
        }
    }
    codec::read_texts(object, "leave_out", mapping.leave_out);
    read(object, "where", mapping.where);
    return mapping;
}

Json mappings_json(const std::vector<TableMapping>& mappings) {
    Json list = Json::array();
    for (const TableMapping& mapping : mappings) list.push_back(mapping_json(mapping));
    return list;
}

Json definers_json(const DefinerOptions& definers) {
    if (definers.policy == DefinerPolicy::map) return {{"map", definers.account}};
    return to_string(definers.policy);
}

void read_definers(const Json& spec, DefinerOptions& definers) {
    const Json* value = find(spec, "definers");
    if (value == nullptr) return;
    if (value->is_object()) {
        definers.policy = DefinerPolicy::map;
        read(*value, "map", definers.account);
    } else {
        read_choice(spec, "definers", definers.policy);
    }
}

Json retry_json(const RetryPolicy& retry) {
    return {{"attempts", retry.attempts},
            {"backoff", text_of(retry.backoff_min) + ".." + text_of(retry.backoff_max)}};
}

void read_retry(const Json& spec, RetryPolicy& retry) {
    const Json* object = find(spec, "retry");
    if (object == nullptr) return;
    read_small(*object, "attempts", retry.attempts);
    std::string range;
    read(*object, "backoff", range);
    if (range.empty()) return;
    const auto dots = range.find("..");
    if (dots == std::string::npos) malformed("backoff", "a range of durations");
    retry.backoff_min = milliseconds_of(std::string_view(range).substr(0, dots), "backoff");
    retry.backoff_max = milliseconds_of(std::string_view(range).substr(dots + 2), "backoff");
}

}  // namespace

Json limits_to_json(const Limits& limits) {
    return {{"workers", limits.workers},
            {"rows_per_second", limits.rows_per_second},
            {"bytes_per_second", limits.bytes_per_second},
            {"memory", limits.memory},
            {"replica_lag", text_of(limits.replica_lag)},
            {"threads_running", limits.threads_running},
            {"history_list_length", limits.history_list_length}};
}

Limits limits_from_json(const Json& object) {
    Limits limits;
    read_small(object, "workers", limits.workers);
    read(object, "rows_per_second", limits.rows_per_second);
    read(object, "bytes_per_second", limits.bytes_per_second);
    read(object, "memory", limits.memory);
    read(object, "replica_lag", limits.replica_lag);
    read(object, "threads_running", limits.threads_running);
    read(object, "history_list_length", limits.history_list_length);
    return limits;
}

Json spec_to_json(const JobSpec& spec) {
    Json databases = Json::array();
    for (const DatabaseMapping& mapping : spec.databases)
        databases.push_back({{"source", mapping.source}, {"target", mapping.target}});
    return {{"source", endpoint_json(spec.source)},
            {"target", target_json(spec)},
            {"databases", std::move(databases)},
            {"engine", to_string(spec.engine)},
            {"tables", {{"include", spec.tables.include}, {"exclude", spec.tables.exclude}}},
            {"if_exists", to_string(spec.if_exists)},
            {"validate",
             {{"level", to_string(spec.validate)}, {"share", spec.sample_share}, {"seed", spec.sample_seed}}},
            {"repair", spec.repair},
            {"show_values", spec.show_values},
            {"cutover", cutover_json(spec.cutover)},
            {"follow", follow_json(spec.follow)},
            {"mapping", mappings_json(spec.mappings)},
            {"shardingsphere", codec::shardingsphere_json(spec.shardingsphere)},
            {"definers", definers_json(spec.definers)},
            {"target_log_bin", spec.target_log_bin},
            {"limits", limits_to_json(spec.limits)},
            {"retry", retry_json(spec.retry)},
            {"liquibase",
             {{"home", spec.liquibase.home},
              {"java", spec.liquibase.java},
              {"timeout", text_of(spec.liquibase.timeout)}}},
            {"schema_dir", spec.schema_dir},
            {"start", spec.start}};
}

JobSpec spec_from_json(const Json& document) {
    JobSpec spec;
    if (const Json* source = find(document, "source")) spec.source = endpoint_from(*source);
    read_target(document, spec);
    for (const Json& item : codec::list(document, "databases")) {
        DatabaseMapping mapping;
        read(item, "source", mapping.source);
        read(item, "target", mapping.target);
        spec.databases.push_back(std::move(mapping));
    }
    read_choice(document, "engine", spec.engine);
    if (const Json* tables = find(document, "tables")) {
        codec::read_texts(*tables, "include", spec.tables.include);
        codec::read_texts(*tables, "exclude", spec.tables.exclude);
    }
    read_choice(document, "if_exists", spec.if_exists);
    if (const Json* validate = find(document, "validate")) {
        read_choice(*validate, "level", spec.validate);
        read(*validate, "share", spec.sample_share);
        read(*validate, "seed", spec.sample_seed);
    }
    read(document, "repair", spec.repair);
    read(document, "show_values", spec.show_values);
    read_cutover(document, spec.cutover);
    read_follow(document, spec.follow);
    for (const Json& item : codec::list(document, "mapping")) spec.mappings.push_back(mapping_from(item));
    if (const Json* proxies = find(document, "shardingsphere"))
        spec.shardingsphere = codec::shardingsphere_from(*proxies);
    read_definers(document, spec.definers);
    read(document, "target_log_bin", spec.target_log_bin);
    if (const Json* limits = find(document, "limits")) spec.limits = limits_from_json(*limits);
    read_retry(document, spec.retry);
    if (const Json* liquibase = find(document, "liquibase")) {
        read(*liquibase, "home", spec.liquibase.home);
        read(*liquibase, "java", spec.liquibase.java);
        read(*liquibase, "timeout", spec.liquibase.timeout);
    }
    read(document, "schema_dir", spec.schema_dir);
    read(document, "start", spec.start);
    return spec;
}

}  // namespace transload
