#include "adapters/liquibase/normalise.hpp"

#include <functional>
#include <regex>
#include <sstream>

#include "adapters/liquibase/complete.hpp"
#include "adapters/liquibase/session_frame.hpp"
#include "adapters/liquibase/sql_tokens.hpp"

namespace transload::liquibase {
namespace {

enum class Side { source, target };

struct Rule {
    std::string reason;
    bool cross_version_only;
    std::function<std::string(const std::string&, Side)> apply;
};

/// Replaces outside of quotes and comments only.
template <class Function>
std::string over_words(const std::string& text, Function function) {
    std::string result, plain;
    const auto flush = [&] {
        if (!plain.empty()) result += function(plain);
        plain.clear();
    };
    for (const Token& token : tokenize(text)) {
        if (token.kind == TokenKind::name || token.kind == TokenKind::text ||
            token.kind == TokenKind::comment) {
            flush();
            result += token.text;
        } else {
            plain += token.text;
        }
    }
    flush();
    return result;
}

std::string regex_words(const std::string& text, const char* pattern, const char* with) {
    const std::regex expression(pattern, std::regex::icase);
    return over_words(text,
                      [&](const std::string& plain) { return std::regex_replace(plain, expression, with); });
}

std::string without_widths(const std::string& text) {
    // A width still counts with ZEROFILL, and tinyint(1) is what programs take for a boolean: newer servers
    // show both.
    return over_words(text, [](const std::string& plain) {
        static const std::regex width(
            "\\b(int|bigint|smallint|mediumint|tinyint)\\(([0-9]+)\\)(?!( unsigned)? zerofill)",
            std::regex::icase);
        std::string result;
        std::string::const_iterator from = plain.begin();
        for (std::sregex_iterator found(plain.begin(), plain.end(), width), end; found != end; ++found) {
            result.append(from, plain.begin() + found->position());
            const bool boolean = upper((*found)[1].str()) == "TINYINT" && (*found)[2] == "1";
            result += boolean ? found->str() : (*found)[1].str();
            from = plain.begin() + found->position() + found->length();
        }
        return result.append(from, plain.end());
    });
}

std::string definer_of(const std::string& text, const DefinerOptions& wanted) {
    if (wanted.policy == DefinerPolicy::keep) return text;
    return apply_definer(text, {DefinerPolicy::strip, {}});
}

std::vector<Rule> rules(const SidesOfComparison& sides) {
    std::vector<Rule> result;
    result.push_back(
        {"names of databases follow the job's mapping", false, [&](const std::string& text, Side side) {
             if (side == Side::source) return localise(text, sides.source_database, sides.names);
             Names own;
             own.databases[sides.target_database] = sides.target_database;
             const auto known = sides.names.objects.find(sides.source_database);
             if (known != sides.names.objects.end()) own.objects[sides.target_database] = known->second;
             return localise(text, sides.target_database, own);
         }});
    result.push_back({"the head of the trigger names the target's database", false,
                      [&](const std::string& text, Side side) {
                          return side == Side::source
                                     ? rename_trigger_head(text, sides.source_database, sides.target_database)
                                     : text;
                      }});
    result.push_back({"definers are stripped or mapped as the job says", false,
                      [&](const std::string& text, Side) { return definer_of(text, sides.definers); }});
    result.push_back({"table options that name a place on the source's disk are left out", false,
                      [](const std::string& text, Side) { return without_placement(text); }});
    result.push_back({"the servers differ in innodb_file_per_table, which decides where a table lies", false,
                      [](const std::string& text, Side) {
                          static const std::regex place("\n\\) /\\*!50100 TABLESPACE `innodb_system` \\*/ ENGINE=");
                          return std::regex_replace(text, place, "\n) ENGINE=");
                      }});
    result.push_back(
        {"a stored program with letters beyond ASCII remembers utf8mb4 as its client's character set", false,
         [](const std::string& text, Side) {
             static const std::regex client("\n-- client .*");
             return is_ascii(text) ? text : std::regex_replace(text, client, "");
         }});
    result.push_back({"newer servers do not show the display width of integers", true,
                      [](const std::string& text, Side) { return without_widths(text); }});
    result.push_back({"utf8 is called utf8mb3 by newer servers", true, [](const std::string& text, Side) {
                          std::string named =
                              regex_words(text, "\\b(_?)utf8(_[a-z0-9_]+)?\\b", "$1utf8mb3$2");
                          static const std::regex remembered("(\n-- [^\n]*)\\butf8(_|\\b)");
                          return std::regex_replace(named, remembered, "$1utf8mb3$2");
                      }});
    result.push_back({"newer servers name a column's character set beside its collation", true,
                      [](const std::string& text, Side) {
                          return regex_words(text, "CHARACTER SET [a-z0-9_]+ (COLLATE [a-z0-9_]+)", "$1");
                      }});
    result.push_back(
        {"the width of YEAR is not shown by newer servers", true,
         [](const std::string& text, Side) { return regex_words(text, "\\byear\\(4\\)", "year"); }});
    result.push_back({"servers of different versions print brackets of view expressions differently", true,
                      [](const std::string& text, Side) {
                          return text.find(" VIEW ") == std::string::npos
                                     ? text
                                     : over_words(text, [](std::string plain) {
                                           std::erase_if(plain, [](char c) { return c == '(' || c == ')'; });
                                           return plain;
                                       });
                      }});
    return result;
}

std::string apply_all(std::string text, Side side, const std::vector<Rule>& list,
                      const SidesOfComparison& sides, const Rule* but) {
    for (const Rule& rule : list)
        if (&rule != but && (sides.cross_version || !rule.cross_version_only)) text = rule.apply(text, side);
    return text;
}

std::string first_lines(const std::string& text, const std::string& other) {
    std::istringstream mine(text), theirs(other);
    std::string line, other_line;
    while (std::getline(mine, line)) {
        if (!std::getline(theirs, other_line) || line != other_line)
            return line.size() > 300 ? line.substr(0, 300) + "…" : line;
    }
    return "(nothing)";
}

}  // namespace

Equivalence compare_texts(const std::string& source, const std::string& target,
                          const SidesOfComparison& sides) {
    Equivalence result;
    if (source == target) {
        result.identical = result.equivalent = true;
        return result;
    }
    const std::vector<Rule> list = rules(sides);
    const std::string left = apply_all(source, Side::source, list, sides, nullptr),
                      right = apply_all(target, Side::target, list, sides, nullptr);
    result.equivalent = left == right;
    if (!result.equivalent) {
        result.source_part = first_lines(left, right);
        result.target_part = first_lines(right, left);
        return result;
    }
    for (const Rule& rule : list)
        if (apply_all(source, Side::source, list, sides, &rule) !=
            apply_all(target, Side::target, list, sides, &rule))
            result.reasons.push_back(rule.reason);
    return result;
}

}  // namespace transload::liquibase
