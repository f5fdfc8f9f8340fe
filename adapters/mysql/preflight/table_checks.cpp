#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "adapters/mysql/preflight/context.hpp"
#include "adapters/mysql/preflight/definition_text.hpp"
#include "adapters/mysql/quoting.hpp"

/// Tables that can't be copied as they are, or not as safely as others.
namespace transload::mysql {
namespace {

void find_unreadable(Context& context) {
    for (std::size_t i = 0; i < context.tables.size(); ++i)
        if (context.definitions[i].empty())
            context.log.add(
                "table.unreadable", context.tables[i].source.display(),
                fmt::format("the source can't show how {} is defined", context.tables[i].source.display()),
                fmt::format("CHECK TABLE {}, or --exclude '{}'", quote_name(context.tables[i].source),
                            context.tables[i].source.table));
}

bool has_primary_key(const std::string& definition) {
    return has_words(without_quoted(definition), "PRIMARY KEY");
}

void look_at_keys(Context& context) {
    Server& target = context.target;
    std::vector<std::string> without_primary;
    for (std::size_t i = 0; i < context.tables.size(); ++i) {
        const TablePlan& plan = context.tables[i];
        if (!plan.key)
            context.log.add(
                "table.no_key", plan.source.display(),
                fmt::format("{} has no usable key: it is copied in one piece", plan.source.display()),
                fmt::format("ALTER TABLE {} ADD PRIMARY KEY …", quote_name(plan.source)));
        if (!context.definitions[i].empty() && !has_primary_key(context.definitions[i]))
            without_primary.push_back(plan.source.display());
    }
    if (without_primary.empty()) return;
    if (target.on("sql_require_primary_key") || target.on("innodb_force_primary_key"))
        context.log.add(
            "target.require_primary_key", target.side(),
            fmt::format("the target demands primary keys; {} {} none", enumerate(without_primary),
                        without_primary.size() == 1 ? "has" : "have"),
            fmt::format("SET GLOBAL {}=OFF on the target, or add primary keys on the source",
                        target.mariadb() ? "innodb_force_primary_key" : "sql_require_primary_key"));
    else if (target.on("sql_generate_invisible_primary_key"))
        context.log.add(
            "target.generates_primary_key", target.side(),
            fmt::format("the target would add an invisible primary key to {}", enumerate(without_primary)));
}

/// Engine, lower case, as it will be asked for on the target; support from SHOW ENGINES.
std::map<std::string, std::string> engines_of(Server& server) {
    std::map<std::string, std::string> engines;
    for (const Row& row : server.connection().query("SHOW ENGINES").rows)
        engines[lower(row.at(0).value_or(""))] = row.at(1).value_or("");
    return engines;
}

void look_at_engines(Context& context) {
    Server& target = context.target;
    const auto engines = engines_of(target);
    const std::string disabled = "," + lower(target.variable("disabled_storage_engines")) + ",";
    const std::string enforced = lower(target.variable("enforce_storage_engine"));
    std::map<std::string, std::vector<std::string>> by_engine;
    for (const TablePlan& plan : context.tables)
        if (!plan.storage_engine.empty()) by_engine[plan.storage_engine].push_back(plan.source.display());
    for (const auto& [engine, tables] : by_engine) {
        const std::string name = lower(engine);
        const auto there = engines.find(name == "mrg_myisam" ? "mrg_myisam" : name);
        std::string problem;
        if (there == engines.end())
            problem = "the target has no storage engine " + engine;
        else if (there->second == "NO" || there->second == "DISABLED")
            problem = engine + " is switched off on the target";
        else if (disabled.find("," + name + ",") != std::string::npos)
            problem = engine + " is in the target's disabled_storage_engines";
        else if (!enforced.empty() && enforced != name)
            problem = "the target's enforce_storage_engine is " + enforced;
        if (!problem.empty())
            context.log.add(
                "target.unsupported_engine", engine, fmt::format("{}: {}", problem, enumerate(tables)),
                fmt::format("ALTER TABLE … ENGINE=InnoDB on the source, or make {} available on the target",
                            engine));
    }
}

/// Windows on other tables, servers or files: what they show would be copied twice, or into the original.
bool shows_rows_of_others(std::string_view engine) {
    constexpr std::array engines{"mrg_myisam", "federated", "connect", "spider", "s3", "oqgraph", "sphinx"};
    return std::find(engines.begin(), engines.end(), engine) != engines.end();
}

void look_at_transactions(Context& context) {
    std::vector<std::string> others;
    for (const TablePlan& plan : context.tables) {
        const std::string engine = lower(plan.storage_engine);
        if (engine.empty() || engine == "innodb" || engine == "rocksdb" || engine == "tokudb" ||
            engine == "ndbcluster")
            continue;
        if (shows_rows_of_others(engine)) {
            context.log.add("table.engine_without_rows", plan.source.display(),
                            fmt::format("{} uses {}: the rows that it shows live elsewhere",
                                        plan.source.display(), plan.storage_engine),
                            fmt::format("--exclude '{}', and create it on the target by hand if it is needed "
                                        "there",
                                        plan.source.table));
            continue;
        }
        if (engine == "memory" || engine == "blackhole")
            context.log.add(
                "table.special_engine", plan.source.display(),
                fmt::format("{} uses {}, which keeps its rows {}", plan.source.display(), plan.storage_engine,
                            engine == "memory" ? "in memory only" : "nowhere"));
        else
            context.log.add("table.not_transactional", plan.source.display(),
                            fmt::format("{} uses {}, which knows no snapshots", plan.source.display(),
                                        plan.storage_engine),
                            fmt::format("ALTER TABLE {} ENGINE=InnoDB, or stop writes to it during the copy",
                                        quote_name(plan.source)));
        others.push_back(plan.source.display());
    }
    if (others.empty() || lower(context.target.variable("enforce_gtid_consistency")) != "on" ||
        !context.target.on("log_bin") || !context.spec.target_log_bin)
        return;
    context.log.add(
        "target.gtid_nontransactional", context.target.side(),
        fmt::format("enforce_gtid_consistency is on at the target: {} can't be loaded in one transaction "
                    "with their marks",
                    enumerate(others)));
}

void look_at_storage(Context& context) {
    Server& target = context.target;
    for (std::size_t i = 0; i < context.tables.size(); ++i) {
        const TablePlan& plan = context.tables[i];
        const std::string text = without_quoted(context.definitions[i]);
        const std::string engine = lower(plan.storage_engine);
        for (const std::string_view words : {"DATA DIRECTORY", "INDEX DIRECTORY", "TABLESPACE"})
            if (has_words(text, words) &&
                !(words == "TABLESPACE" &&
                  (context.definitions[i].find("TABLESPACE `innodb_file_per_table`") != std::string::npos ||
                   context.definitions[i].find("TABLESPACE `innodb_system`") != std::string::npos)))
                context.log.add("table.external_storage", plan.source.display(),
                                fmt::format("{} is stored outside the usual place ({}), and will lie in the "
                                            "usual place on the target",
                                            plan.source.display(), words));
        if (plan.partitioned && target.mysql_from(8, 0) && engine != "innodb" && engine != "ndbcluster")
            context.log.add(
                "table.partition_engine", plan.source.display(),
                fmt::format("{} is partitioned and uses {}", plan.source.display(), plan.storage_engine),
                fmt::format("ALTER TABLE {} ENGINE=InnoDB on the source", quote_name(plan.source)));
    }
}

/// The names of the table's columns for ROW START and ROW END, if it has them under names of its own.
std::vector<std::string> row_time_columns(const std::string& definition) {
    std::vector<std::string> names;
    std::size_t line = 0;
    while (line < definition.size()) {
        const std::size_t end = std::min(definition.find('\n', line), definition.size());
        const std::string text = definition.substr(line, end - line);
        line = end + 1;
        const std::string bare = without_quoted(text);
        if (!has_words(bare, "GENERATED ALWAYS AS ROW START") && !has_words(bare, "GENERATED ALWAYS AS ROW END"))
            continue;
        const std::size_t begin = text.find('`');
        const std::size_t close = text.find("` ", begin + 1);
        if (begin != std::string::npos && close != std::string::npos)
            names.push_back(text.substr(begin, close + 1 - begin));
    }
    return names;
}

void look_at_versioning(Context& context) {
    for (std::size_t i = 0; i < context.tables.size(); ++i) {
        const TablePlan& plan = context.tables[i];
        if (!has_words(without_quoted(context.definitions[i]), "WITH SYSTEM VERSIONING")) continue;
        const std::string name = plan.source.display();
        const std::vector<std::string> times = row_time_columns(context.definitions[i]);
        if (times.empty()) {
            context.log.add("table.system_versioned", name,
                            fmt::format("the history of {} stays behind, and its rows count as inserted when they "
                                        "are copied",
                                        name));
            continue;
        }
        std::string drops;
        for (const std::string& column : times) drops += fmt::format("DROP COLUMN {}, ", column);
        context.log.add(
            "table.system_versioned", Severity::error, name,
            fmt::format("the target would fill {} of {} with times of its own: they can't be carried, nor can "
                        "the history",
                        enumerate(times), name),
            fmt::format("--exclude '{}', or SET SESSION system_versioning_alter_history=KEEP; ALTER TABLE {} "
                        "{}DROP PERIOD FOR SYSTEM_TIME, DROP SYSTEM VERSIONING on the source, which deletes the "
                        "history there",
                        plan.source.table, quote_name(plan.source), drops));
    }
}

bool target_has_keyring(Server& target) {
    if (target.mariadb())
        return target.connection().scalar(
                   "SELECT COUNT(*) FROM information_schema.PLUGINS WHERE PLUGIN_STATUS = "
                   "'ACTIVE' AND PLUGIN_TYPE = 'ENCRYPTION'") != "0";
    if (target.connection().scalar(
            "SELECT COUNT(*) FROM information_schema.PLUGINS WHERE PLUGIN_STATUS = 'ACTIVE' "
            "AND PLUGIN_NAME LIKE 'keyring%'") != "0")
        return true;
    return target.mysql_from(8, 0, 24) &&
           target.connection().scalar("SELECT COUNT(*) FROM performance_schema.keyring_component_status") !=
               "0";
}

void look_at_row_formats(Context& context) {
    Server& source = context.source;
    Server& target = context.target;
    std::vector<std::string> compressed, encrypted;
    for (std::size_t i = 0; i < context.tables.size(); ++i) {
        const std::string text = without_quoted(context.definitions[i]);
        if (lower(context.tables[i].storage_engine) != "innodb") continue;
        if (has_words(text, "ROW_FORMAT=COMPRESSED") || has_words(text, "KEY_BLOCK_SIZE"))
            compressed.push_back(context.tables[i].source.display());
        if (context.definitions[i].find("ENCRYPTION='Y'") != std::string::npos ||
            context.definitions[i].find("`ENCRYPTED`=YES") != std::string::npos)
            encrypted.push_back(context.tables[i].source.display());
    }
    if (!encrypted.empty() && !target_has_keyring(target))
        context.log.add("target.keyring", target.side(),
                        fmt::format("{} are encrypted and the target has no keyring", enumerate(encrypted)));
    if (!compressed.empty() && target.on("innodb_read_only_compressed"))
        context.log.add(
            "target.compressed_read_only", target.side(),
            fmt::format("the target holds compressed tables read-only: {}", enumerate(compressed)));
    if (!compressed.empty() && target.variable("innodb_file_per_table") == "OFF")
        context.log.add(
            "target.row_format", target.side(),
            fmt::format("innodb_file_per_table is off at the target: {} can't be compressed there",
                        enumerate(compressed)));
    else if (!compressed.empty() && target.number("innodb_page_size") > 16'384)
        context.log.add("target.row_format", target.side(),
                        fmt::format("the target's innodb_page_size is {}: {} can't be compressed there",
                                    target.number("innodb_page_size"), enumerate(compressed)));
    if (target.number("innodb_page_size") < source.number("innodb_page_size"))
        context.log.add("target.page_size", target.side(),
                        fmt::format("innodb_page_size is {} at the target and {} at the source",
                                    target.number("innodb_page_size"), source.number("innodb_page_size")));
    if (target.on("innodb_strict_mode") && source.variable("innodb_strict_mode") == "OFF")
        context.log.add("pair.strict_mode", target.side(),
                        "innodb_strict_mode is on at the target and off at the source");
}

constexpr std::array checks{
    Check{"definitions of tables", find_unreadable},
    Check{"keys of tables", look_at_keys},
    Check{"storage engines", look_at_engines},
    Check{"transactions of storage engines", look_at_transactions},
    Check{"storage of tables", look_at_storage},
    Check{"system versioning of tables", look_at_versioning},
    Check{"row formats", look_at_row_formats},
};

}  // namespace

std::span<const Check> table_checks() {
    return checks;
}

}  // namespace transload::mysql
