#include "adapters/config/job_document.hpp"

#include <fmt/format.h>

#include <limits>

#include "adapters/config/config_error.hpp"
#include "adapters/config/cutover_reader.hpp"
#include "adapters/config/document.hpp"
#include "adapters/config/endpoint_reader.hpp"
#include "adapters/config/liquibase_reader.hpp"
#include "adapters/config/mapping_reader.hpp"
#include "adapters/config/sharding_reader.hpp"
#include "adapters/config/shardingsphere_reader.hpp"
#include "adapters/config/units.hpp"

namespace transload::config {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

constexpr std::uint64_t no_limit = std::numeric_limits<std::int64_t>::max();

void check_globs(const Value& value, const std::vector<std::string>& globs) {
    for (const std::string& glob : globs)
        if (glob.empty()) value.wrong_value("holds an empty pattern");
}

void read_selection(const Value& value, Selection& selection) {
    const MapReader map(value.node(), value.path(), {"include", "exclude"});
    if (const auto include = map.get("include")) {
        selection.include = include->texts();
        check_globs(*include, selection.include);
    }
    if (const auto exclude = map.get("exclude")) {
        selection.exclude = exclude->texts();
        check_globs(*exclude, selection.exclude);
    }
    if (selection.include.empty()) value.wrong_value("includes no table", "Use \"*\" for all of them.");
}

void read_validation(const Value& value, JobSpec& spec) {
    if (!value.is_map()) {
        spec.validate = value.choice<ValidationLevel>();
        return;
    }
    const MapReader map(value.node(), value.path(), {"level", "share", "seed"});
    if (const auto level = map.get("level")) spec.validate = level->choice<ValidationLevel>();
    if (const auto share = map.get("share")) spec.sample_share = share->share();
    if (const auto seed = map.get("seed"))
        spec.sample_seed = seed->count(0, std::numeric_limits<std::uint64_t>::max());
}

DefinerOptions read_definers(const Value& value) {
    DefinerOptions definers;
    if (!value.is_map()) {
        definers.policy = value.choice<DefinerPolicy>();
        if (definers.policy == DefinerPolicy::map)
            value.wrong_value("`map` needs an account", "Write definers: {map: user@host}.");
        return definers;
    }
    const MapReader map(value.node(), value.path(), {"map"});
    const auto account = map.get("map");
    if (!account) throw config_error("config.missing", map.path_of("map"), "is missing");
    definers.policy = DefinerPolicy::map;
    definers.account = account->text();
    const std::size_t at = definers.account.rfind('@');
    if (at == std::string::npos || at == 0 || at + 1 == definers.account.size())
        account->wrong_value(fmt::format("expected an account user@host, got {}", shown(definers.account)));
    return definers;
}

void read_changeable_limits(const MapReader& map, Limits& limits) {
    if (const auto rows = map.get("rows_per_second")) limits.rows_per_second = rows->count(0, no_limit);
    if (const auto bytes = map.get("bytes_per_second")) limits.bytes_per_second = bytes->bytes(0, no_limit);
    if (const auto lag = map.get("replica_lag"))
        limits.replica_lag = lag->duration(milliseconds{0}, hours{24});
    if (const auto threads = map.get("threads_running")) limits.threads_running = threads->count(0, no_limit);
    if (const auto undo = map.get("history_list_length"))
        limits.history_list_length = undo->count(0, no_limit);
}

Limits read_limits(const Value& value) {
    Limits limits;
    const MapReader map(value.node(), value.path(),
                        {"workers", "rows_per_second", "bytes_per_second", "memory", "replica_lag",
                         "threads_running", "history_list_length"});
    if (const auto workers = map.get("workers"))
        limits.workers = static_cast<unsigned>(workers->count(1, 64));
    if (const auto memory = map.get("memory")) limits.memory = memory->bytes(16ULL << 20, 64ULL << 30);
    read_changeable_limits(map, limits);
    return limits;
}

void read_backoff(const Value& value, RetryPolicy& retry) {
    const std::string text = value.text();
    const std::size_t dots = text.find("..");
    const auto min = parse_duration(text.substr(0, dots));
    const auto max = dots == std::string::npos ? min : parse_duration(text.substr(dots + 2));
    if (!min || !max) value.wrong_type("a range of durations such as 1s..60s");
    if (*min < milliseconds{1} || *min > *max || *max > hours{1})
        value.wrong_value(
            fmt::format("expected a range from low to high between 1ms and 1h, got {}", shown(text)));
    retry.backoff_min = *min;
    retry.backoff_max = *max;
}

RetryPolicy read_retry(const Value& value) {
    RetryPolicy retry;
    const MapReader map(value.node(), value.path(), {"attempts", "backoff"});
    if (const auto attempts = map.get("attempts"))
        retry.attempts = static_cast<unsigned>(attempts->count(1, 1000));
    if (const auto backoff = map.get("backoff")) read_backoff(*backoff, retry);
    return retry;
}

void refuse_remote(const MapReader& map) {
    for (const std::string_view key : {"liquibase", "schema_dir", "state_dir"})
        if (const auto value = map.get(key))
            throw config_error("config.not_allowed", value->path(), "is not allowed over HTTP",
                               "It is part of the server's own configuration (transload serve --config).");
}

/// The target is the server of the default unit, and the one source database maps to that unit's.
void read_sharded(const MapReader& job, const Value& target, const EndpointRules& rules, const DatabaseWords& named,
                  const DatabaseWords& source, JobSpec& spec) {
    spec.sharding = read_sharded_target(job, target, rules);
    const StorageUnit& unit = default_unit_of(*spec.sharding);
    const std::string path = "target.sharding.units." + unit.name;
    const DatabaseWords& chosen = named.names.empty() ? source : named;
    if (chosen.names.size() > 1)
        throw config_error("config.conflict", chosen.path,
                           fmt::format("names {} databases, and a sharded target takes one", chosen.names.size()),
                           "Give each database a job of its own, with a logical database of its own.");
    if (!chosen.names.empty() && !chosen.names.front().second.empty() && chosen.names.front().second != unit.database)
        throw config_error("config.conflict", chosen.path,
                           fmt::format("maps to {}, and the default unit {} is the database {}",
                                       shown(chosen.names.front().second), unit.name, shown(unit.database)),
                           "Name the source database only: where its tables go is said by the units.");
    spec.databases = map_databases(named, source, {{{unit.database, {}}}, path, target.node().origin});
    spec.target = unit.endpoint;
}

}  // namespace

void expand_short_forms(Node& document) {
    Node* cutover = document.find("cutover");
    if (cutover == nullptr || (cutover->kind != NodeKind::word && cutover->kind != NodeKind::text)) return;
    Node map = Node::map();
    map.origin = cutover->origin;
    map.line = cutover->line;
    map.members.emplace_back("mode", *cutover);
    *cutover = std::move(map);
}

JobSpec job_spec_from(const Node& document, const JobRules& rules) {
    const MapReader map(document, "", {"source",          "target",
                                       "source_password", "source_password_file",
                                       "target_password", "target_password_file",
                                       "databases",       "engine",
                                       "tables",          "if_exists",
                                       "validate",        "repair",
                                       "show_values",     "cutover",
                                       "follow",          "mapping",
                                       "shardingsphere",  "definers",
                                       "target_log_bin",
                                       "limits",          "retry",
                                       "liquibase",       "schema_dir",
                                       "state_dir",       "start"});
    if (rules.remote) refuse_remote(map);
    const EndpointRules endpoint_rules{!rules.remote};
    EndpointWords source = read_endpoint(map, "source", endpoint_rules);
    const auto databases = map.get("databases");
    const DatabaseWords named = databases ? read_databases(*databases) : DatabaseWords{};

    JobSpec spec;
    const auto target_value = map.get("target");
    if (target_value && is_sharded(*target_value)) {
        read_sharded(map, *target_value, endpoint_rules, named, source.databases, spec);
    } else {
        EndpointWords target = read_endpoint(map, "target", endpoint_rules);
        spec.databases = map_databases(named, source.databases, target.databases);
        spec.target = std::move(target.endpoint);
    }
    spec.source = std::move(source.endpoint);
    if (const auto engine = map.get("engine")) spec.engine = engine->choice<EngineChoice>();
    if (const auto tables = map.get("tables")) read_selection(*tables, spec.tables);
    if (const auto if_exists = map.get("if_exists")) spec.if_exists = if_exists->choice<IfExists>();
    if (const auto validate = map.get("validate")) read_validation(*validate, spec);
    if (const auto repair = map.get("repair")) spec.repair = repair->boolean();
    if (const auto show = map.get("show_values")) spec.show_values = show->boolean();
    if (const auto cutover = map.get("cutover")) spec.cutover = read_cutover(*cutover, rules.remote);
    if (const auto follow = map.get("follow")) spec.follow = read_follow(*follow);
    if (const auto mapping = map.get("mapping")) spec.mappings = read_mappings(*mapping);
    spec.shardingsphere = rules.shardingsphere;
    if (spec.engine == EngineChoice::native) spec.shardingsphere.proxies.clear();  // the server's are not for it
    if (const auto proxies = map.get("shardingsphere"))
        spec.shardingsphere = read_shardingsphere(*proxies, std::move(spec.shardingsphere), endpoint_rules);
    if (const auto definers = map.get("definers")) spec.definers = read_definers(*definers);
    if (const auto log = map.get("target_log_bin")) spec.target_log_bin = log->boolean();
    if (const auto limits = map.get("limits")) spec.limits = read_limits(*limits);
    if (const auto retry = map.get("retry")) spec.retry = read_retry(*retry);
    const auto liquibase = map.get("liquibase");
    spec.liquibase = liquibase ? read_liquibase(*liquibase, rules.liquibase) : rules.liquibase;
    const auto schema_dir = map.get("schema_dir");
    spec.schema_dir = schema_dir ? schema_dir->text() : rules.schema_dir;
    if (const auto start = map.get("start")) spec.start = start->boolean();
    (void)state_dir_of(document);
    return spec;
}

std::optional<std::string> state_dir_of(const Node& document) {
    const Node* node = document.find("state_dir");
    if (node == nullptr) return std::nullopt;
    return Value(*node, "state_dir").text();
}

JobSpec job_spec_from_request(std::string_view body, JobRules rules) {
    rules.remote = true;
    return job_spec_from(parse_json(body, "body"), rules);
}

Limits changed_limits(const Node& document, const Limits& current) {
    const MapReader map(document, "",
                        {"rows_per_second", "bytes_per_second", "replica_lag", "threads_running", "history_list_length"});
    Limits limits = current;
    read_changeable_limits(map, limits);
    return limits;
}

Limits changed_limits_from_request(std::string_view body, const Limits& current) {
    return changed_limits(parse_json(body, "body"), current);
}

}  // namespace transload::config
