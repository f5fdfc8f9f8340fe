#include "adapters/mysql/json_types.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "adapters/mysql/column_kind.hpp"
#include "adapters/mysql/quoting.hpp"
#include "orchestrator/plan/target_side.hpp"

namespace transload::mysql {
namespace {

constexpr std::size_t paths_per_query = 100;
constexpr std::size_t documents_per_query = 500;

using Document = nlohmann::ordered_json;

template <class Wanted>
void collect(const Document& value, const std::string& path, Wanted wanted, std::vector<std::string>& paths) {
    if (value.is_object()) {
        for (const auto& [name, member] : value.items())
            collect(member, path + "." + nlohmann::json(name).dump(), wanted, paths);
    } else if (value.is_array()) {
        for (std::size_t i = 0; i < value.size(); ++i)
            collect(value[i], path + "[" + std::to_string(i) + "]", wanted, paths);
    } else if (wanted(value)) {
        paths.push_back(path);
    }
}

/// Paths of the scalars that `wanted` takes, in document order. Empty when the text is no JSON.
template <class Wanted>
std::vector<std::string> paths_of(std::string_view json, Wanted wanted) {
    std::vector<std::string> paths;
    const auto document = Document::parse(json, nullptr, false);
    if (!document.is_discarded()) collect(document, "$", wanted, paths);
    return paths;
}

std::vector<std::string> fraction_paths(std::string_view json) {
    return paths_of(json, [](const Document& value) { return value.is_number_float(); });
}

/// Comma-joined names of the columns that can be written.
std::string writable_names(const TablePlan& plan) {
    std::string list;
    for (const Column& column : plan.columns)
        if (!column.generated && !column.left_out) list += (list.empty() ? "" : ", ") + quote_name(column.name);
    return list;
}

/// Their values as a statement has to read them that writes to the table which it reads: the rows go through a temporary
/// table, from which servers take members of ENUM and SET by name, though two names may be equal under the collation, and
/// dates by their calendar. `changed` is replaced by `value`.
std::string writable_values(const TablePlan& plan, const std::string& changed, const std::string& value) {
    std::string list;
    for (const Column& column : plan.columns) {
        if (column.generated || column.left_out) continue;
        const std::string name = quote_name(column.name);
        const ColumnKind kind = column_kind(column);
        if (!list.empty()) list += ", ";
        if (name == changed)
            list += value;
        else if (kind == ColumnKind::enumeration || kind == ColumnKind::set)
            list += "CAST(" + name + " AS UNSIGNED)";
        else if (kind == ColumnKind::temporal)
            list += "CAST(" + name + " AS CHAR)";
        else
            list += name;
    }
    return list;
}

class Mender {
  public:
    Mender(Connection& source, Connection& writer, const TablePlan& plan)
        : source_(source), writer_(writer), plan_(plan), there_(target_side(plan)) {}

    /// `condition`: on the source.
    std::size_t mend(const std::string& condition) {
        if (!plan_.key || !has_json_types(source_.version()) || !has_json_types(writer_.version())) return 0;
        std::size_t mended = 0;
        for (const Column& column : plan_.columns)
            if (!column.generated && !column.left_out && column_kind(column) == ColumnKind::json)
                mended += mend_column(quote_name(column.name), quote_name(column.on_target()), condition);
        return mended;
    }

  private:
    std::size_t mend_column(const std::string& column, const std::string& on_target, const std::string& condition) {
        const std::string sure = json_holds_more_than_text(column);
        // Keys first: they are small, documents may not be.
        std::vector<KeyValue> keys;
        const std::size_t parts = plan_.key->parts.size();
        for (const Row& row : source_.query(fmt::format("SELECT {} FROM {} WHERE ({}) AND {}", key_select_list(plan_),
                                                        quote_name(plan_.source), condition, sure))
                                  .rows)
            keys.push_back(key_of(row));
        // A DECIMAL may take as many bytes as the DOUBLE of the same text, as a DECIMAL(8,2) does: documents with
        // fractions are asked for the types of these. Those with the same paths are asked together.
        std::map<std::vector<std::string>, std::vector<KeyValue>> alike;
        source_.stream(fmt::format("SELECT {0}, CONVERT({1} USING utf8mb4) FROM {2} WHERE ({3}) AND NOT {4} AND "
                                   "CONVERT({1} USING utf8mb4) REGEXP '[0-9][.][0-9]'",
                                   key_select_list(plan_), column, quote_name(plan_.source), condition, sure),
                       [&](RowView row) {
                           KeyValue key;
                           for (std::size_t i = 0; i < parts; ++i) key.emplace_back(row[i].view());
                           alike[fraction_paths(row[parts].view())].push_back(std::move(key));
                           return true;
                       });
        for (const auto& [paths, documents] : alike) add_with_decimals(column, paths, documents, keys);
        std::size_t mended = 0;
        for (const KeyValue& key : keys) mended += mend(column, on_target, key) ? 1U : 0U;
        return mended;
    }

    [[nodiscard]] KeyValue key_of(const Row& row) const {
        KeyValue key;
        for (std::size_t i = 0; i < plan_.key->parts.size(); ++i) key.push_back(row[i].value_or(""));
        return key;
    }

    /// Appends to `found` the keys of those documents that have a DECIMAL at one of the paths.
    void add_with_decimals(const std::string& column, const std::vector<std::string>& paths,
                           const std::vector<KeyValue>& documents, std::vector<KeyValue>& found) {
        for (std::size_t first = 0; first < documents.size(); first += documents_per_query) {
            const auto begin = documents.begin() + static_cast<std::ptrdiff_t>(first);
            const auto end = documents.begin() +
                             static_cast<std::ptrdiff_t>(std::min(documents.size(), first + documents_per_query));
            std::set<KeyValue> decimals;
            for (std::size_t at = 0; at < paths.size(); at += paths_per_query) {
                std::string any;
                for (std::size_t i = at; i < std::min(paths.size(), at + paths_per_query); ++i)
                    any += fmt::format("{}JSON_TYPE(JSON_EXTRACT({}, {})) = 'DECIMAL'", any.empty() ? "" : " OR ", column,
                                       quote_text(paths[i]));
                const Result result =
                    source_.query(fmt::format("SELECT {} FROM {} WHERE {} AND ({})", key_select_list(plan_),
                                              quote_name(plan_.source), key_condition(plan_, {begin, end}), any));
                for (const Row& row : result.rows) decimals.insert(key_of(row));
            }
            found.insert(found.end(), decimals.begin(), decimals.end());
        }
    }

    bool mend(const std::string& column, const std::string& on_target, const KeyValue& key) {
        const std::string condition = key_condition(plan_, {key});
        const Value text = source_.scalar(fmt::format("SELECT CONVERT({} USING utf8mb4) FROM {} WHERE {}", column,
                                                      quote_name(plan_.source), condition));
        const std::string settings = typed_settings(column, condition, scalar_paths(text.value_or("")));
        if (settings.empty()) return false;
        // Not UPDATE: to it 1.5 and 1.5 are the same whatever their types, and it would write nothing. REPLACE
        // compares the stored bytes, and leaves columns alone that are set ON UPDATE.
        const std::string value = "JSON_SET(" + on_target + settings + ")";
        writer_.execute(fmt::format("REPLACE INTO {0} ({1}) SELECT {2} FROM {0} WHERE {3}", quote_name(there_.source),
                                    writable_names(there_), writable_values(there_, on_target, value),
                                    key_condition(there_, {key})));
        return true;
    }

    /// ", path, typed value" for each value of the document whose type text does not carry.
    std::string typed_settings(const std::string& column, const std::string& condition,
                               const std::vector<std::string>& paths) {
        std::string settings;
        for (std::size_t at = 0; at < paths.size(); at += paths_per_query) {
            const std::size_t end = std::min(paths.size(), at + paths_per_query);
            std::string fields;
            for (std::size_t i = at; i < end; ++i) {
                const std::string value = "JSON_EXTRACT(" + column + ", " + quote_text(paths[i]) + ")";
                fields += (fields.empty() ? "" : ", ") + ("JSON_TYPE(" + value + "), JSON_UNQUOTE(" + value +
                                                          "), JSON_STORAGE_SIZE(" + value + ")");
            }
            const Result result = source_.query(
                fmt::format("SELECT {} FROM {} WHERE {}", fields, quote_name(plan_.source), condition));
            if (result.rows.empty()) continue;
            const Row& row = result.rows[0];
            for (std::size_t i = at; i < end; ++i) {
                const std::size_t field = 3 * (i - at);
                const std::string typed = typed_value(row.at(field).value_or(""), row.at(field + 1).value_or(""),
                                                      std::stoull(row.at(field + 2).value_or("0")));
                if (!typed.empty()) settings += ", " + quote_text(paths[i]) + ", " + typed;
            }
        }
        return settings;
    }

    Connection& source_;
    Connection& writer_;
    const TablePlan& plan_;
    const TablePlan there_;
};

}  // namespace

bool has_json_types(const ServerVersion& version) { return !version.mariadb && version.at_least(5, 7, 22); }

std::string json_type_trace(const std::string& column) {
    return fmt::format("CONCAT(JSON_STORAGE_SIZE(JSON_ARRAY({0})), ' ', SHA2(IFNULL(JSON_SEARCH({0}, 'all', '%'), ''), 256))",
                       column);
}

std::string json_holds_more_than_text(const std::string& column) {
    const std::string text = "CONVERT(" + column + " USING utf8mb4)";
    const auto size = [](const std::string& document) { return "JSON_STORAGE_SIZE(JSON_ARRAY(" + document + "))"; };
    const auto strings = [](const std::string& document) {
        return "SHA2(IFNULL(JSON_SEARCH(" + document + ", 'all', '%'), ''), 256)";
    };
    const std::string from_text = "CAST(" + text + " AS JSON)";
    // Looking for all strings is dear, and only a text that looks like a date, a time or bytes can be something else.
    return "(" + size(column) + " <> " + size(from_text) + " OR (" + text +
           " REGEXP '\"(base64:type|-?[0-9]{2,4}[-:][0-9]{2})' AND " + strings(column) + " <> " + strings(from_text) +
           "))";
}

std::vector<std::string> scalar_paths(std::string_view json) {
    return paths_of(json, [](const Document&) { return true; });
}

namespace {

/// Bytes that the binary form of a DECIMAL takes for so many digits on one side of the point.
std::size_t decimal_bytes(std::size_t digits) {
    constexpr std::size_t per_word = 9;
    constexpr std::size_t partial[per_word] = {0, 1, 1, 2, 2, 3, 3, 4, 4};
    return digits / per_word * 4 + partial[digits % per_word];
}

/// A DECIMAL keeps how many digits it might have had: what comes out of a DECIMAL(8,2) column is longer than the
/// literal 0.5, and a zero from a column shorter. The stored size tells which it was.
std::string decimal_value(std::string_view text, std::size_t stored_size) {
    constexpr std::size_t most_digits = 65, frame = 5;  // type of the document, type, length, precision, scale
    const std::string_view digits = text.substr(text.starts_with('-') ? 1 : 0);
    const std::size_t dot = std::min(digits.find('.'), digits.size());
    const std::size_t scale = dot == digits.size() ? 0 : digits.size() - dot - 1;
    const auto size_with = [&](std::size_t before) { return frame + decimal_bytes(before) + decimal_bytes(scale); };
    // A point without digits behind it makes a literal a DECIMAL and not an integer.
    if (size_with(dot) == stored_size) return std::string(text) + (scale == 0 ? "." : "");
    std::size_t before = dot;
    while (size_with(before) < stored_size && before + scale < most_digits) ++before;
    // The derived table makes it a column, whose values keep the declared digits on every version; CAST alone
    // rounds them up, and leading zeros of a literal count on some versions only.
    return fmt::format("(SELECT v FROM (SELECT DISTINCT CAST('{}' AS DECIMAL({}, {})) AS v) AS d)", text, before + scale,
                       scale);
}

bool is_decimal_text(std::string_view text) {
    return !text.empty() && text.find_first_not_of("-.0123456789") == std::string_view::npos;
}

}  // namespace

std::string typed_value(std::string_view json_type, std::string_view text, std::size_t stored_size) {
    constexpr std::string_view bytes = "base64:type15:";  // VARBINARY: what FROM_BASE64 makes
    const std::string literal = quote_text(text);
    if (json_type == "DECIMAL" && is_decimal_text(text)) return decimal_value(text, stored_size);
    if (json_type == "DATE") return "CAST(" + literal + " AS DATE)";
    if (json_type == "TIME") return "CAST(" + literal + " AS TIME(6))";
    if (json_type == "DATETIME" || json_type == "TIMESTAMP") return "CAST(" + literal + " AS DATETIME(6))";
    if (json_type == "BLOB" && text.starts_with(bytes)) return "FROM_BASE64(" + quote_text(text.substr(bytes.size())) + ")";
    return {};
}

std::size_t mend_json_types(Connection& source, Connection& writer, const TablePlan& plan, const KeyRange& range) {
    return plan.key ? Mender(source, writer, plan).mend(range_predicate(plan, range)) : 0;
}

std::size_t mend_json_types(Connection& source, Connection& writer, const TablePlan& plan,
                            const std::vector<KeyValue>& keys) {
    return plan.key && !keys.empty() ? Mender(source, writer, plan).mend(key_condition(plan, keys)) : 0;
}

std::string key_condition(const TablePlan& plan, const std::vector<KeyValue>& keys) {
    const auto& parts = plan.key->parts;
    const std::string taken = plan.row_filter.empty() ? "" : row_condition(plan) + " AND ";
    std::string condition;
    if (parts.size() == 1) {
        const Column& column = plan.columns[parts[0].column];
        for (const KeyValue& key : keys) {
            condition += condition.empty() ? quote_name(column.name) + " IN (" : ", ";
            condition += key_literal(column, key[0]);
        }
        return taken + condition + ")";
    }
    for (const KeyValue& key : keys) {
        if (!condition.empty()) condition += " OR ";
        condition += '(';
        for (std::size_t i = 0; i < parts.size(); ++i) {
            const Column& column = plan.columns[parts[i].column];
            if (i != 0) condition += " AND ";
            condition += quote_name(column.name) + " = " + key_literal(column, key[i]);
        }
        condition += ')';
    }
    return taken + "(" + condition + ")";
}

}  // namespace transload::mysql
