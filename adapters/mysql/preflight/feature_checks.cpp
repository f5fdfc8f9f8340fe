#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "adapters/mysql/preflight/context.hpp"
#include "adapters/mysql/preflight/definition_text.hpp"
#include "adapters/mysql/quoting.hpp"

/// What definitions use and the target's version does not know, or parses and drops without a word.
namespace transload::mysql {
namespace {

struct Version {
    int major;
    int minor;
    int patch;
};
constexpr Version never{999, 0, 0};

struct Subject {
    const TablePlan& plan;
    const std::string& definition;
    const std::string& bare;  ///< without quoted text
};

struct Feature {
    std::string_view name;
    bool (*used)(const Subject&);
    Version mysql;    ///< known from
    Version mariadb;  ///< known from
};

bool any_column(const Subject& subject, bool (*is)(const Column&)) {
    return std::any_of(subject.plan.columns.begin(), subject.plan.columns.end(), is);
}

bool has_type(const Subject& subject, std::initializer_list<std::string_view> types) {
    return std::any_of(subject.plan.columns.begin(), subject.plan.columns.end(), [&](const Column& column) {
        return std::find(types.begin(), types.end(), column.data_type) != types.end();
    });
}

constexpr auto features = std::to_array<Feature>({
    {"a functional index",
     [](const Subject& s) {
         return s.bare.find("` ((") != std::string::npos || s.bare.find(",((") != std::string::npos ||
                s.bare.find("KEY `` ((") != std::string::npos;
     },
     {8, 0, 13},
     never},
    {"a CHECK constraint",
     [](const Subject& s) { return has_words(s.bare, "CHECK ("); },
     {8, 0, 16},
     {10, 2, 1}},
    {"an invisible column",
     [](const Subject& s) { return any_column(s, [](const Column& c) { return c.invisible; }); },
     {8, 0, 23},
     {10, 3, 3}},
    {"a default by expression",
     [](const Subject& s) { return s.bare.find("DEFAULT (") != std::string::npos; },
     {8, 0, 13},
     {10, 2, 1}},
    {"a column bound to one SRID",
     [](const Subject& s) { return s.bare.find("/*!80003 SRID") != std::string::npos; },
     {8, 0, 3},
     never},
    {"REF_SYSTEM_ID", [](const Subject& s) { return has_words(s.bare, "REF_SYSTEM_ID"); }, never, {10, 1, 0}},
    {"a VECTOR column", [](const Subject& s) { return has_type(s, {"vector"}); }, {9, 0, 0}, {11, 7, 1}},
    {"an INVISIBLE index",
     [](const Subject& s) { return s.bare.find("/*!80000 INVISIBLE */") != std::string::npos; },
     {8, 0, 0},
     never},
    {"an IGNORED index", [](const Subject& s) { return has_words(s.bare, "IGNORED"); }, never, {10, 6, 0}},
    {"a descending index",
     [](const Subject& s) { return s.bare.find("`` DESC") != std::string::npos; },
     {8, 0, 1},
     {10, 8, 1}},
    {"a multi-valued index",
     [](const Subject& s) { return s.bare.find(" array)") != std::string::npos; },
     {8, 0, 17},
     never},
    {"a JSON column", [](const Subject& s) { return has_type(s, {"json"}); }, {5, 7, 8}, {10, 2, 7}},
    {"ENGINE_ATTRIBUTE",
     [](const Subject& s) { return has_words(s.bare, "ENGINE_ATTRIBUTE"); },
     {8, 0, 21},
     never},
    {"a UUID, INET4 or INET6 column",
     [](const Subject& s) {
         return has_type(s, {"uuid", "inet4", "inet6"});
     },
     never,
     {10, 10, 1}},
    {"a COMPRESSED column",
     [](const Subject& s) { return s.bare.find("/*M!100301 COMPRESSED") != std::string::npos; },
     never,
     {10, 3, 2}},
    {"system versioning",
     [](const Subject& s) { return has_words(s.bare, "WITH SYSTEM VERSIONING"); },
     never,
     {10, 3, 4}},
    {"an application-time period",
     [](const Subject& s) {
         return has_words(s.bare, "PERIOD FOR") && !has_words(s.bare, "PERIOD FOR SYSTEM_TIME");
     },
     never,
     {10, 4, 3}},
    {"a unique index over a whole BLOB or TEXT",
     [](const Subject& s) {
         return s.bare.find("UNIQUE KEY") != std::string::npos && has_words(s.bare, "USING HASH") &&
                lower(s.plan.storage_engine) == "innodb";
     },
     never,
     {10, 4, 3}},
    {"a default that calls a function without parentheses",
     [](const Subject& s) {
         return has_words(s.bare, "DEFAULT uuid()") || has_words(s.bare, "DEFAULT nextval");
     },
     never,
     {10, 2, 1}},
    {"PERSISTENT or page compression options",
     [](const Subject& s) { return s.definition.find("`PAGE_COMPRESSED`") != std::string::npos; },
     never,
     {10, 1, 0}},
});

bool knows(const Server& server, const Feature& feature) {
    const Version& from = server.mariadb() ? feature.mariadb : feature.mysql;
    return server.version().at_least(from.major, from.minor, from.patch);
}

void find_unknown_features(Context& context) {
    for (std::size_t i = 0; i < context.tables.size(); ++i) {
        const TablePlan& plan = context.tables[i];
        const std::string bare = without_quoted(context.definitions[i]);
        const Subject subject{plan, context.definitions[i], bare};
        for (const Feature& feature : features)
            if (!knows(context.target, feature) && feature.used(subject))
                context.log.add("table.feature_unknown", plan.source.display(),
                                fmt::format("{} has {}, which {} does not know", plan.source.display(),
                                            feature.name, context.target.version().display()));
    }
}

void find_removed_features(Context& context) {
    if (!context.target.mysql_from(8, 4)) return;
    for (const TablePlan& plan : context.tables)
        for (const Column& column : plan.columns)
            if (column.auto_increment && (column.data_type == "float" || column.data_type == "double"))
                context.log.add(
                    "table.feature_unknown", plan.source.display(),
                    fmt::format("{}.{} is an AUTO_INCREMENT of type {}, which {} no longer takes",
                                plan.source.display(), column.name, column.data_type,
                                context.target.version().display()),
                    fmt::format("ALTER TABLE {} MODIFY {} BIGINT NOT NULL AUTO_INCREMENT on the source",
                                quote_name(plan.source), quote_name(column.name)));
}

bool parent_key_is_unique(Server& source, const ForeignKey& key) {
    if (key.parent_index.empty()) return false;
    if (!source.mariadb()) return true;
    return source.connection().scalar(fmt::format(
               "SELECT MIN(NON_UNIQUE) FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = {} "
               "AND TABLE_NAME = {} AND INDEX_NAME = {}",
               quote_text(key.parent.database), quote_text(key.parent.table),
               quote_text(key.parent_index))) == "0";
}

void find_foreign_keys_without_unique(Context& context) {
    if (!context.target.on("restrict_fk_on_non_standard_key")) return;
    for (const DatabaseObjects& database : context.source_objects)
        for (const ForeignKey& key : database.foreign_keys)
            if (context.is_selected_table(key.child) && !parent_key_is_unique(context.source, key))
                context.log.add(
                    "table.foreign_key_not_unique", key.child.display(),
                    fmt::format("foreign key {} refers to columns of {} that are no full unique key",
                                key.name, key.parent.display()));
}

constexpr std::array checks{
    Check{"features that the target does not know", find_unknown_features},
    Check{"features that were removed", find_removed_features},
    Check{"foreign keys to columns that are not unique", find_foreign_keys_without_unique},
};

}  // namespace

std::span<const Check> feature_checks() {
    return checks;
}

}  // namespace transload::mysql
