#include "adapters/liquibase/target_parser.hpp"

#include <fmt/format.h>

#include <map>

#include "adapters/mysql/quoting.hpp"

namespace transload::liquibase {
namespace {

std::string select_of(const Expression& expression, const std::string& table) {
    switch (expression.kind) {
        case ExpressionKind::select:
            return expression.text;
        case ExpressionKind::value:
            return "SELECT " + expression.text + " AS x FROM " + mysql::quote_name(table);
        case ExpressionKind::condition:
            return "SELECT 1 FROM " + mysql::quote_name(table) + " WHERE " + expression.text;
    }
    return {};
}

/// Traces are kept in utf8mb3. Letters beyond it get stand-ins of three bytes, each letter its own and none
/// that either text has already, so that two texts are as equal afterwards as they were.
class StandIns {
  public:
    StandIns(const std::string& left, const std::string& right) : left_(left), right_(right) {}

    std::string apply(const std::string& text) {
        std::string result;
        for (std::size_t i = 0; i < text.size();) {
            const bool beyond = (static_cast<unsigned char>(text[i]) & 0xF8U) == 0xF0U;
            if (!beyond) {
                result += text[i++];
                continue;
            }
            std::string& stand_in = chosen_[text.substr(i, 4)];
            if (stand_in.empty()) stand_in = next();
            result += stand_in;
            i += 4;
        }
        return result;
    }

  private:
    std::string next() {
        std::string letter;
        do {
            // Private use, U+E000 and up.
            const unsigned code = 0xE000U + used_++;
            letter = {static_cast<char>(0xE0U | (code >> 12U)),
                      static_cast<char>(0x80U | ((code >> 6U) & 0x3FU)),
                      static_cast<char>(0x80U | (code & 0x3FU))};
        } while (left_.find(letter) != std::string::npos || right_.find(letter) != std::string::npos);
        return letter;
    }

    const std::string& left_;
    const std::string& right_;
    std::map<std::string, std::string> chosen_;
    unsigned used_ = 0;
};

}  // namespace

TargetParser::TargetParser(Endpoint endpoint, std::string database)
    : endpoint_(std::move(endpoint)), database_(std::move(database)) {}

void TargetParser::prepare_session(const std::string& collation) {
    if (!connection_) {
        mysql::ConnectOptions options;
        options.database = database_;
        connection_.emplace(endpoint_, options);
        connection_->execute("SET SESSION optimizer_trace_max_mem_size=67108864");
        // Comments between the brackets would make the trace something else than JSON.
        if (!connection_->version().mariadb) connection_->execute("SET SESSION end_markers_in_json=OFF");
    }
    if (!collation.empty())
        connection_->execute("SET SESSION collation_connection=" + mysql::quote_text(collation));
}

std::optional<std::string> TargetParser::meaning(const std::string& select) {
    // The mark tells this statement's trace from one that the session may still remember.
    const std::string mark = fmt::format("/* transload {} */", ++asked_);
    connection_->execute("SET @transload_text=" + mysql::quote_text(mark + " " + select));
    connection_->execute("SET SESSION optimizer_trace='enabled=on'");
    connection_->execute("PREPARE transload_text FROM @transload_text");
    const mysql::Result traced = connection_->query(
        "SELECT QUERY, MISSING_BYTES_BEYOND_MAX_MEM_SIZE, INSUFFICIENT_PRIVILEGES, JSON_EXTRACT(TRACE, "
        "'$**.expanded_query') FROM information_schema.OPTIMIZER_TRACE");
    connection_->execute("DEALLOCATE PREPARE transload_text");
    if (traced.rows.size() != 1) return std::nullopt;
    const mysql::Row& row = traced.rows.front();
    const bool whole = row.at(1) == "0" && row.at(2) == "0";
    if (!whole || !row.at(0).value_or("").starts_with(mark)) return std::nullopt;
    return row.at(3);
}

bool TargetParser::same(const Expression& left, const Expression& right, const std::string& table,
                        const std::string& collation) {
    if (left.kind != right.kind) return false;
    if (left.text == right.text) return true;
    try {
        prepare_session(collation);
        const std::string first = select_of(left, table), second = select_of(right, table);
        StandIns stand_ins(first, second);
        const std::optional<std::string> one = meaning(stand_ins.apply(first));
        return one && one == meaning(stand_ins.apply(second));
    } catch (const mysql::ServerError& error) {
        if (error.kind() != ErrorKind::failed) throw;
        return false;
    }
}

}  // namespace transload::liquibase
