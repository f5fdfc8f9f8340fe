#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <set>
#include <sstream>

#include "adapters/mysql/preflight/context.hpp"
#include "adapters/mysql/quoting.hpp"

/// How the two servers differ, or do not.
namespace transload::mysql {
namespace {

/// A user lock taken on one session and seen by the other: certain, also through proxies and for cloned
/// servers with one server_uuid; takes no privilege and leaves nothing behind.
bool is_same_server(Server& source, Server& target) {
    const std::string name =
        quote_text(fmt::format("transload-{}-{}-{}", getpid(), target.connection().thread_id(),
                               std::chrono::steady_clock::now().time_since_epoch().count()));
    if (target.connection().scalar(fmt::format("SELECT GET_LOCK({}, 0)", name)) != "1") return false;
    const bool seen = source.connection().scalar(fmt::format("SELECT IS_USED_LOCK({})", name)).has_value();
    target.connection().execute(fmt::format("DO RELEASE_LOCK({})", name));
    return seen;
}

void compare_places(Context& context) {
    if (!is_same_server(context.source, context.target)) return;
    const auto fold = [&](const std::string& name) {
        return context.source.ignores_case() ? lower(name) : name;
    };
    bool clash = false;
    for (const DatabaseMapping& mapping : context.spec.databases) {
        if (fold(mapping.source) == fold(mapping.target)) {
            clash = true;
            context.log.add("pair.same_database", mapping.source,
                            fmt::format("source and target are both {} of one server", mapping.source));
            continue;
        }
        for (const DatabaseMapping& other : context.spec.databases)
            if (fold(mapping.target) == fold(other.source)) {
                clash = true;
                context.log.add(
                    "pair.target_is_source", mapping.target,
                    fmt::format("{} is to be written to while {} reads it", mapping.target, other.source));
            }
    }
    if (!clash) context.log.add("pair.same_server", "target", "source and target are the same server");
}

void compare_versions(Context& context) {
    Server& source = context.source;
    Server& target = context.target;
    if (source.mariadb() != target.mariadb())
        context.log.add("pair.flavour", "target",
                        fmt::format("the source is {}, the target {}", source.version().display(),
                                    target.version().display()));
    else if (!target.version().at_least(source.version().major, source.version().minor,
                                        source.version().patch))
        context.log.add("pair.older_target", "target",
                        fmt::format("the target ({}) is older than the source ({})",
                                    target.version().display(), source.version().display()));
}

std::set<std::string> words_of(const std::string& comma_separated) {
    std::set<std::string> words;
    std::istringstream stream(comma_separated);
    for (std::string word; std::getline(stream, word, ',');)
        if (!word.empty() && word != "NO_AUTO_CREATE_USER")
            words.insert(word);  // gone in MySQL 8.0, without effect
    return words;
}

std::string without(const std::set<std::string>& words, const std::set<std::string>& taken) {
    std::vector<std::string> rest;
    std::set_difference(words.begin(), words.end(), taken.begin(), taken.end(), std::back_inserter(rest));
    return rest.empty() ? "nothing" : enumerate(rest, rest.size());
}

void compare_settings(Context& context) {
    Server& source = context.source;
    Server& target = context.target;
    FindingsLog& log = context.log;
    const auto source_mode = words_of(source.variable("sql_mode"));
    const auto target_mode = words_of(target.variable("sql_mode"));
    if (source_mode != target_mode)
        log.add("pair.sql_mode", "target",
                fmt::format("sql_mode differs: only the source has {}, only the target has {}",
                            without(source_mode, target_mode), without(target_mode, source_mode)),
                fmt::format("SET GLOBAL sql_mode={} on the target", quote_text(source.variable("sql_mode"))));
    for (const std::string_view name : {"character_set_server", "collation_server"})
        if (source.variable(name) != target.variable(name))
            log.add("pair.charset", "target",
                    fmt::format("{} is {} at the source and {} at the target", name, source.variable(name),
                                target.variable(name)),
                    fmt::format("SET GLOBAL {}={} on the target, if new objects are to be as on the source",
                                name, quote_text(source.variable(name))));
    const std::string source_defaults = source.variable("explicit_defaults_for_timestamp");
    const std::string target_defaults = target.variable("explicit_defaults_for_timestamp");
    if (source_defaults != target_defaults)
        log.add("pair.timestamp_defaults", "target",
                fmt::format("explicit_defaults_for_timestamp is {} at the source and {} at the target",
                            source_defaults, target_defaults));
}

/// Seconds that the server's wall clock is ahead of UTC.
long zone_offset(Server& server) {
    return std::stol(
        server.connection()
            .scalar("SELECT TIMESTAMPDIFF(SECOND, UTC_TIMESTAMP(), COALESCE(CONVERT_TZ(UTC_TIMESTAMP(), "
                    "'+00:00', @@GLOBAL.time_zone), UTC_TIMESTAMP()))")
            .value_or("0"));
}

bool knows_named_zones(Server& server) {
    return server.connection()
        .scalar("SELECT CONVERT_TZ('2001-01-01 00:00:00', 'UTC', 'Europe/Berlin')")
        .has_value();
}

void compare_time(Context& context) {
    Server& source = context.source;
    Server& target = context.target;
    // CONVERT_TZ looks away from the second that passes between its two arguments.
    if (std::abs(zone_offset(source) - zone_offset(target)) > 2)
        context.log.add("pair.time_zone", "target",
                        fmt::format("the source's time zone is {} ({}), the target's {} ({})",
                                    source.variable("time_zone"), source.variable("system_time_zone"),
                                    target.variable("time_zone"), target.variable("system_time_zone")));
    if (knows_named_zones(source) && !knows_named_zones(target))
        context.log.add("pair.time_zone_tables", "target", "the target's time zone tables are empty");
    const auto clock = [](Server& server) {
        const auto before = std::chrono::steady_clock::now();
        const double there =
            std::stod(server.connection().scalar("SELECT UNIX_TIMESTAMP(SYSDATE(6))").value_or("0"));
        const auto middle = before + (std::chrono::steady_clock::now() - before) / 2;
        return there - std::chrono::duration<double>(middle.time_since_epoch()).count();
    };
    const double ahead = clock(target) - clock(source);
    if (std::abs(ahead) > 2)
        context.log.add("pair.clock", "target",
                        fmt::format("the target's clock is {:.1f} s {} the source's", std::abs(ahead),
                                    ahead > 0 ? "ahead of" : "behind"));
}

/// utf8mb3 used to be called utf8; servers take both names.
std::string canonical_collation(const std::string& name) {
    return name.starts_with("utf8_") ? "utf8mb3_" + name.substr(5) : name;
}

std::set<std::string> collations_of(Server& server) {
    std::set<std::string> names;
    const bool full = server.mariadb_from(10, 10);
    const Result result = server.connection().query(
        full ? "SELECT FULL_COLLATION_NAME FROM information_schema.COLLATION_CHARACTER_SET_APPLICABILITY"
             : "SELECT COLLATION_NAME FROM information_schema.COLLATIONS");
    for (const Row& row : result.rows) names.insert(canonical_collation(row[0].value_or("")));
    return names;
}

void compare_collations(Context& context) {
    const std::set<std::string> known = collations_of(context.target);
    std::map<std::string, std::set<std::string>> unknown;
    const auto use = [&](const std::string& collation, const std::string& object) {
        if (!collation.empty() && !known.contains(canonical_collation(collation)))
            unknown[collation].insert(object);
    };
    for (const TablePlan& plan : context.tables)
        for (const Column& column : plan.columns) use(column.collation, plan.source.display());
    Connection& source = context.source.connection();
    for (const DatabaseMapping& mapping : context.spec.databases) {
        const std::string schema = quote_text(mapping.source);
        use(source
                .scalar(
                    "SELECT DEFAULT_COLLATION_NAME FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = " +
                    schema)
                .value_or(""),
            mapping.source);
        for (const Row& row : source
                                  .query("SELECT TABLE_NAME, TABLE_COLLATION FROM information_schema.TABLES "
                                         "WHERE TABLE_SCHEMA = " +
                                         schema)
                                  .rows)
            if (context.is_selected_table({mapping.source, row[0].value_or("")}))
                use(row[1].value_or(""), mapping.source + "." + row[0].value_or(""));
        // Routines, events, triggers and views remember the collations of the session that made them.
        for (const auto& [view, name, schema_column, third] :
             {std::tuple("ROUTINES", "ROUTINE_NAME", "ROUTINE_SCHEMA", "DATABASE_COLLATION"),
              std::tuple("EVENTS", "EVENT_NAME", "EVENT_SCHEMA", "DATABASE_COLLATION"),
              std::tuple("TRIGGERS", "TRIGGER_NAME", "TRIGGER_SCHEMA", "DATABASE_COLLATION"),
              std::tuple("VIEWS", "TABLE_NAME", "TABLE_SCHEMA", "COLLATION_CONNECTION")})
            for (const Row& row : source
                                      .query(fmt::format("SELECT {}, COLLATION_CONNECTION, {} FROM "
                                                         "information_schema.{} WHERE {} = {}",
                                                         name, third, view, schema_column, schema))
                                      .rows)
                for (const std::size_t column : {std::size_t{1}, std::size_t{2}})
                    use(row[column].value_or(""), mapping.source + "." + row[0].value_or(""));
    }
    for (const auto& [collation, objects] : unknown)
        context.log.add(
            "pair.unknown_collation", collation,
            fmt::format("{} does not know the collation {} of {}", context.target.version().display(),
                        collation, enumerate({objects.begin(), objects.end()})),
            fmt::format("ALTER TABLE … CONVERT TO CHARACTER SET {} COLLATE one that both servers know, "
                        "on the source",
                        collation.substr(0, collation.find('_'))));
}

std::string bytes_text(std::uint64_t bytes) {
    const double size = static_cast<double>(bytes);
    if (bytes >= 1'000'000'000) return fmt::format("{:.1f} GB", size / 1e9);
    return fmt::format("{:.1f} MB", size / 1e6);
}

void estimate(Context& context) {
    std::uint64_t rows = 0, data = 0, index = 0;
    for (const TablePlan& plan : context.tables) {
        rows += plan.estimated_rows;
        data += plan.data_bytes;
        index += plan.index_bytes;
    }
    constexpr std::uint64_t usual_bytes_per_second = 25'000'000;
    std::uint64_t seconds = 1 + (data + index) / usual_bytes_per_second;
    const Limits& limits = context.spec.limits;
    if (limits.bytes_per_second != 0) seconds = std::max(seconds, data / limits.bytes_per_second);
    if (limits.rows_per_second != 0) seconds = std::max(seconds, rows / limits.rows_per_second);
    context.log.add("pair.estimate", "source",
                    fmt::format("{} tables, about {} rows, {}; very roughly {} s", context.tables.size(),
                                rows, bytes_text(data + index), seconds));
    Server& target = context.target;
    const std::uint64_t logged = target.on("log_bin") && context.spec.target_log_bin ? data : 0;
    const std::uint64_t needed = data + index + logged;
    if (target.mariadb() &&
        target.connection().scalar(
            "SELECT COUNT(*) FROM information_schema.PLUGINS WHERE PLUGIN_NAME = 'DISKS' AND "
            "PLUGIN_STATUS = 'ACTIVE'") != "0") {
        // The file system with the longest path that the data directory begins with.
        const Value free = target.connection().scalar(
            "SELECT Available * 1024 FROM information_schema.DISKS WHERE LEFT(@@datadir, CHAR_LENGTH(Path)) "
            "= Path "
            "ORDER BY CHAR_LENGTH(Path) DESC LIMIT 1");
        if (free && std::stoull(*free) < needed) {
            context.log.add("target.disk_space", target.side(),
                            fmt::format("about {} are needed and {} are free in {}", bytes_text(needed),
                                        bytes_text(std::stoull(*free)), target.variable("datadir")));
            return;
        }
    }
    context.log.add("target.disk_space", Severity::info, target.side(),
                    fmt::format("about {} are needed in {}{}", bytes_text(needed), target.variable("datadir"),
                                logged ? ", with its binary log" : ""));
}

constexpr std::array checks{
    Check{"whether both are one server", compare_places},
    Check{"versions against each other", compare_versions},
    Check{"settings against each other", compare_settings},
    Check{"clocks and time zones", compare_time},
    Check{"collations", compare_collations},
    Check{"size and time", estimate},
};

}  // namespace

std::span<const Check> pair_checks() {
    return checks;
}

}  // namespace transload::mysql
