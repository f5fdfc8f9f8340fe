#include "cli/job_arguments.hpp"

#include <CLI/CLI.hpp>

#include "adapters/config/document.hpp"
#include "adapters/config/environment.hpp"
#include "adapters/config/job_document.hpp"
#include "orchestrator/plan/error.hpp"
#include "orchestrator/plan/names.hpp"
#include "orchestrator/service/supported.hpp"

namespace transload::cli {
namespace {

/// Flag → path in the job document. What the value may be is said by the document's rules, in one place.
struct Flag {
    const char* name;
    const char* path;
    const char* value;
    const char* help;
};

constexpr Flag flags[] = {
    {"--source", "source", "URL", "mysql://user[:password]@host:port/database?tls=…"},
    {"--target", "target", "URL", "the same for the target; password also by TRANSLOAD_TARGET_PASSWORD"},
    {"--engine", "engine", "NAME",
     "native, shardingsphere, or auto (default): native unless a proxy is named; then each table goes to ShardingSphere if "
     "it can carry it safely, else to native"},
    {"--if-exists", "if_exists", "WORD", "tables that are on the target: refuse, empty_ok, truncate or drop"},
    {"--validate,--level", "validate", "LEVEL", "counts, sample, checksum (default) or rows"},
    {"--cutover", "cutover.mode", "MODE",
     "none (default); auto: stop the source's writes and hand over as soon as the target has caught up; manual: when "
     "'transload job cutover' says so"},
    {"--write-stop", "cutover.write_stop", "METHOD", "super_read_only (default); revoke: the accounts of --revoke-account; "
     "lock_tables; or hook: the job file's cutover.hook"},
    {"--cutover-timeout", "cutover.timeout", "TIME", "take the write stop back when it lasts longer (default 60s)"},
    {"--max-lag", "cutover.max_lag", "TIME", "the write stop does not begin while the lag is greater (default 1s)"},
    {"--open-transactions", "cutover.open_transactions", "WORD",
     "transactions that are open when writes stop: wait (default) or kill"},
    {"--transaction-limit", "cutover.transaction_limit", "TIME",
     "how long they have; then they are killed, or the write stop is taken back (default 10s)"},
    {"--hand-over-webhook", "cutover.hand_over.webhook", "URL", "told by POST that the target has taken over"},
    {"--ddl", "follow.ddl", "WORD",
     "when the definition of a table changes on the source meanwhile: stop (default), ignore or apply"},
    {"--validate-every", "follow.validate_every", "TIME", "compare both sides again and again while following, e.g. 10m"},
    {"--definers", "definers", "WORD", "keep (default) or strip"},
    {"--workers", "limits.workers", "N", "parallel lanes (default 4)"},
    {"--rows-per-second", "limits.rows_per_second", "N", "limit of the copying rate; 0 = none"},
    {"--bytes-per-second", "limits.bytes_per_second", "SIZE", "the same in bytes, e.g. 50MiB"},
    {"--memory", "limits.memory", "SIZE", "buffers of the job (default 128MiB)"},
    {"--liquibase", "liquibase.home", "DIR", "Liquibase 4.27; else LIQUIBASE_HOME, PATH, or what scripts/setup installed"},
    {"--java", "liquibase.java", "FILE", "Java 11 or newer; else JAVA_HOME, PATH"},
    {"--state-dir", "state_dir", "DIR", "where jobs are kept (default ./transload-state)"},
    {"--schema-dir", "schema_dir", "DIR", "where changelogs are kept (default ./generated-schema)"},
};

/// --table-prefix and --table-suffix are a rule for every table that no --map-table names.
config::Node with_table_rule(config::Node given, const std::string& prefix, const std::string& suffix) {
    if (prefix.empty() && suffix.empty()) return given;
    config::append(given, "mapping", "", config::Origin::flag);
    config::Node& rule = given.find("mapping")->items.back();
    rule = config::Node::map();
    rule.origin = config::Origin::flag;
    config::set(rule, "match", "*", config::Origin::flag);
    if (!prefix.empty()) config::set(rule, "prefix", prefix, config::Origin::flag);
    if (!suffix.empty()) config::set(rule, "suffix", suffix, config::Origin::flag);
    return given;
}

/// --follow: the cutover that is said elsewhere, else a manual one.
void follow(config::Node& document) {
    const config::Node* cutover = document.find("cutover");
    const config::Node* mode = cutover == nullptr ? nullptr : cutover->find("mode");
    if (mode != nullptr && mode->text != to_string(CutoverMode::none)) return;
    if (mode != nullptr && mode->origin == config::Origin::flag)
        throw Error(ErrorKind::usage, "job.conflict", "--follow", "--follow stands beside --cutover none",
                    "a source is followed until it is cut over: use --cutover manual or auto, or leave --follow out");
    config::set(document, "cutover.mode", std::string(to_string(CutoverMode::manual)), config::Origin::flag);
}

}  // namespace

void JobArguments::add_to(CLI::App& command) {
    command.add_option("job", file_, "a job file (YAML or JSON); flags override what it says")->type_name("JOB.yaml");
    for (const Flag& flag : flags)
        command
            .add_option_function<std::string>(
                flag.name,
                [this, &flag](const std::string& value) {
                    config::set(flags_, flag.path, value, config::Origin::flag);
                },
                flag.help)
            ->type_name(flag.value);
    const auto add_list = [&](const char* name, const char* path, const char* help, bool split,
                              const char* type = "NAME") {
        auto* option = command.add_option_function<std::vector<std::string>>(
            name,
            [this, path](const std::vector<std::string>& values) {
                for (const std::string& value : values) config::append(flags_, path, value, config::Origin::flag);
            },
            help);
        option->type_name(type)->expected(1)->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
        if (split) option->delimiter(',');
    };
    add_list("--databases", "databases", "databases that move, comma-separated, when the URL names none", true);
    add_list("--tables", "tables.include", "tables and views that move, a shell glob; several times for several", false);
    add_list("--exclude", "tables.exclude", "tables and views that stay, a shell glob; several times for several", false);
    add_list("--revoke-account", "cutover.accounts", "an account user@host that writes to the source; several times for several",
             false, "ACCOUNT");
    add_list("--map-table", "mapping", "another name on the target, orders=orders_v2; several times for several", false,
             "TABLE=NAME");
    command.add_option("--table-prefix", table_prefix_, "put before the name of every other table on the target")
        ->type_name("TEXT");
    command.add_option("--table-suffix", table_suffix_, "put behind the name of every other table on the target")
        ->type_name("TEXT");
    add_list("--proxy", "shardingsphere.proxies",
             "a ShardingSphere-Proxy: mysql://user[:password]@host:3307?namespace=…&zookeeper=host:port; several times "
             "for several, each with a namespace of its own; password also by TRANSLOAD_SHARDINGSPHERE_PASSWORD",
             false, "URL");
    command.add_flag_callback(
        "--repair", [this] { config::set(flags_, "repair", "true", config::Origin::flag); },
        "re-copy the rows that validation finds different, then compare them again");
    command.add_flag_callback(
        "--show-values", [this] { config::set(flags_, "show_values", "true", config::Origin::flag); },
        "show the values of rows that differ (hidden otherwise)");
    command.add_flag("--json", json, "print one JSON document instead of text");
    command.add_flag("--quiet,-q", quiet, "no progress on stderr");
    command.add_flag_callback(
        "--reverse", [this] { config::set(flags_, "cutover.reverse", "true", config::Origin::flag); },
        "after the cutover keep the source up to date, until 'transload job finish' or 'rollback'");
    command.add_flag("--follow", follow_, "follow the source until it is cut over: --cutover manual, unless it says auto");
}

config::Node JobArguments::document() const {
    config::Node document = file_.empty() ? config::Node::map() : config::read_document(file_);
    config::expand_short_forms(document);
    config::merge(document, config::job_environment());
    config::merge(document, with_table_rule(flags_, table_prefix_, table_suffix_));
    if (follow_) follow(document);
    return document;
}

JobSpec JobArguments::spec() const {
    JobSpec spec = config::job_spec_from(document());
    require_supported(spec);
    return spec;
}

std::filesystem::path JobArguments::state_dir() const {
    return config::state_dir_of(document()).value_or("./transload-state");
}

}  // namespace transload::cli
