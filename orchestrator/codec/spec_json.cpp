#include "orchestrator/codec/spec_json.hpp"

#include <charconv>
#include <limits>

#include "orchestrator/codec/member_reader.hpp"

namespace transload {
namespace {

using codec::find;
using codec::malformed;
using codec::read;
using codec::read_choice;
using std::chrono::milliseconds;

std::string text_of(milliseconds value) {
    return fmt::format("{}ms", value.count());
}

milliseconds milliseconds_of(std::string_view text, const char* member) {
    std::int64_t count = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
    if (error != std::errc{} || std::string_view(end, text.data() + text.size()) != "ms")
        malformed(member, "a duration in ms");
    return milliseconds{count};
}

void read(const Json& object, const char* member, milliseconds& out) {
    std::string text;
    read(object, member, text);
    if (!text.empty()) out = milliseconds_of(text, member);
}

template <class Number>
void read_small(const Json& object, const char* member, Number& out) {
    std::uint64_t value = out;
    read(object, member, value);
    if (value > std::numeric_limits<Number>::max()) malformed(member, "in range");
    out = static_cast<Number>(value);
}

Json endpoint_json(const Endpoint& endpoint) {
    Json tls{{"mode", to_string(endpoint.tls.mode)}};
    if (!endpoint.tls.ca.empty()) tls["ca"] = endpoint.tls.ca;
    if (!endpoint.tls.cert.empty()) tls["cert"] = endpoint.tls.cert;
    if (!endpoint.tls.key.empty()) tls["key"] = endpoint.tls.key;
    return {{"scheme", endpoint.scheme}, {"host", endpoint.host},
            {"port", endpoint.port},     {"user", endpoint.user},
            {"tls", std::move(tls)},     {"connect_timeout", text_of(endpoint.connect_timeout)}};
}

Endpoint endpoint_of(const Json& spec, const char* member) {
    Endpoint endpoint;
    const Json* object = find(spec, member);
    if (object == nullptr) return endpoint;
    read(*object, "scheme", endpoint.scheme);
    read(*object, "host", endpoint.host);
    read_small(*object, "port", endpoint.port);
    read(*object, "user", endpoint.user);
    read(*object, "connect_timeout", endpoint.connect_timeout);
    if (const Json* tls = find(*object, "tls")) {
        read_choice(*tls, "mode", endpoint.tls.mode);
        read(*tls, "ca", endpoint.tls.ca);
        read(*tls, "cert", endpoint.tls.cert);
        read(*tls, "key", endpoint.tls.key);
    }
    return endpoint;
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

Json limits_json(const Limits& limits) {
    return {{"workers", limits.workers},
            {"rows_per_second", limits.rows_per_second},
            {"bytes_per_second", limits.bytes_per_second},
            {"memory", limits.memory},
            {"replica_lag", text_of(limits.replica_lag)},
            {"threads_running", limits.threads_running},
            {"history_list_length", limits.history_list_length}};
}

void read_limits(const Json& spec, Limits& limits) {
    const Json* object = find(spec, "limits");
    if (object == nullptr) return;
    read_small(*object, "workers", limits.workers);
    read(*object, "rows_per_second", limits.rows_per_second);
    read(*object, "bytes_per_second", limits.bytes_per_second);
    read(*object, "memory", limits.memory);
    read(*object, "replica_lag", limits.replica_lag);
    read(*object, "threads_running", limits.threads_running);
    read(*object, "history_list_length", limits.history_list_length);
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

Json spec_to_json(const JobSpec& spec) {
    Json databases = Json::array();
    for (const DatabaseMapping& mapping : spec.databases)
        databases.push_back({{"source", mapping.source}, {"target", mapping.target}});
    return {{"source", endpoint_json(spec.source)},
            {"target", endpoint_json(spec.target)},
            {"databases", std::move(databases)},
            {"engine", to_string(spec.engine)},
            {"tables", {{"include", spec.tables.include}, {"exclude", spec.tables.exclude}}},
            {"if_exists", to_string(spec.if_exists)},
            {"validate",
             {{"level", to_string(spec.validate)}, {"share", spec.sample_share}, {"seed", spec.sample_seed}}},
            {"repair", spec.repair},
            {"show_values", spec.show_values},
            {"cutover", {{"mode", to_string(spec.cutover.mode)}}},
            {"definers", definers_json(spec.definers)},
            {"target_log_bin", spec.target_log_bin},
            {"limits", limits_json(spec.limits)},
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
    spec.source = endpoint_of(document, "source");
    spec.target = endpoint_of(document, "target");
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
    if (const Json* cutover = find(document, "cutover")) read_choice(*cutover, "mode", spec.cutover.mode);
    read_definers(document, spec.definers);
    read(document, "target_log_bin", spec.target_log_bin);
    read_limits(document, spec.limits);
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
