#include "adapters/mysql/validation/json_types.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "adapters/mysql/column_kind.hpp"
#include "adapters/mysql/quoting.hpp"

namespace transload::mysql::validation {
namespace {

constexpr std::size_t paths_per_query = 100;

void collect(const nlohmann::ordered_json& value, const std::string& path, std::vector<std::string>& paths) {
    if (value.is_object()) {
        for (const auto& [name, member] : value.items())
            collect(member, path + "." + nlohmann::json(name).dump(), paths);
    } else if (value.is_array()) {
        for (std::size_t i = 0; i < value.size(); ++i) collect(value[i], path + "[" + std::to_string(i) + "]", paths);
    } else {
        paths.push_back(path);
    }
}

/// An UPDATE must not touch columns that are set ON UPDATE CURRENT_TIMESTAMP: it says their own value instead.
std::string keep_times(const TablePlan& plan) {
    std::string text;
    for (const Column& column : plan.columns)
        if (!column.generated && (column.data_type == "timestamp" || column.data_type == "datetime"))
            text += ", " + quote_name(column.name) + " = " + quote_name(column.name);
    return text;
}

/// ", path, typed value" for each value of the document whose type text does not carry.
std::string typed_settings(Connection& source, const std::string& table, const std::string& column,
                           const std::string& condition, const std::vector<std::string>& paths) {
    std::string settings;
    for (std::size_t at = 0; at < paths.size(); at += paths_per_query) {
        const std::size_t end = std::min(paths.size(), at + paths_per_query);
        std::string fields;
        for (std::size_t i = at; i < end; ++i) {
            const std::string value = "JSON_EXTRACT(" + column + ", " + quote_text(paths[i]) + ")";
            fields += (fields.empty() ? "" : ", ") + ("JSON_TYPE(" + value + "), JSON_UNQUOTE(" + value + ")");
        }
        const Result result = source.query(fmt::format("SELECT {} FROM {} WHERE {} LIMIT 1", fields, table, condition));
        if (result.rows.empty()) continue;
        for (std::size_t i = at; i < end; ++i) {
            const Row& row = result.rows[0];
            const std::string typed = typed_value(row.at(2 * (i - at)).value_or(""), row.at(2 * (i - at) + 1).value_or(""));
            if (!typed.empty()) settings += ", " + quote_text(paths[i]) + ", " + typed;
        }
    }
    return settings;
}

}  // namespace

std::vector<std::string> scalar_paths(std::string_view json) {
    std::vector<std::string> paths;
    const auto document = nlohmann::ordered_json::parse(json, nullptr, false);
    if (!document.is_discarded()) collect(document, "$", paths);
    return paths;
}

std::string typed_value(std::string_view json_type, std::string_view text) {
    const std::string literal = quote_text(text);
    if (json_type == "DECIMAL") {
        const std::size_t dot = text.find('.');
        const std::size_t scale = dot == std::string_view::npos ? 0 : text.size() - dot - 1;
        return fmt::format("CAST({} AS DECIMAL(65, {}))", literal, std::min<std::size_t>(scale, 30));
    }
    if (json_type == "DATE") return "CAST(" + literal + " AS DATE)";
    if (json_type == "TIME") return "CAST(" + literal + " AS TIME(6))";
    if (json_type == "DATETIME" || json_type == "TIMESTAMP") return "CAST(" + literal + " AS DATETIME(6))";
    return {};
}

void mend_json_types(Connection& source, Connection& writer, const TablePlan& plan, const TableQueries& queries,
                     const std::vector<KeyValue>& keys) {
    const auto can = [](const ServerVersion& version) { return !version.mariadb && version.at_least(8, 0, 4); };
    if (!plan.key || !can(source.version()) || !can(writer.version())) return;
    const std::vector<ComparedColumn>& compared = queries.compared().columns;
    for (std::size_t i = 0; i + 1 < compared.size(); ++i) {
        const ComparedColumn& types = compared[i + 1];  // the second look at a JSON column follows the first
        const auto column = std::find_if(plan.columns.begin(), plan.columns.end(),
                                         [&](const Column& one) { return one.name == compared[i].name; });
        if (types.name != compared[i].name || column == plan.columns.end() || column->generated) continue;
        const std::string name = quote_name(column->name);
        for (const KeyValue& key : keys) {
            const std::string condition = queries.key_condition({key});
            const Result result = source.query(fmt::format("SELECT {}, {} FROM {} WHERE {} LIMIT 1", types.value.source,
                                                           compared[i].value.source, queries.on(Side::source).name,
                                                           condition));
            if (result.rows.empty()) continue;
            const std::string list = result.rows[0].at(0).value_or("");
            if (list.find("DECIMAL") == std::string::npos && list.find("DATE") == std::string::npos &&
                list.find("TIME") == std::string::npos)
                continue;
            const std::string settings = typed_settings(source, queries.on(Side::source).name, name, condition,
                                                        scalar_paths(result.rows[0].at(1).value_or("")));
            if (settings.empty()) continue;
            writer.execute(fmt::format("UPDATE {} SET {} = JSON_SET({}{}){} WHERE {}", queries.on(Side::target).name,
                                       name, name, settings, keep_times(plan), condition));
        }
    }
}

}  // namespace transload::mysql::validation
