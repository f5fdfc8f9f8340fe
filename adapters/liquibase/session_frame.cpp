#include "adapters/liquibase/session_frame.hpp"

#include <algorithm>
#include <array>

#include "adapters/mysql/quoting.hpp"

namespace transload::liquibase {
namespace {

constexpr const char* kSave =
    "SET @transload_sql_mode=@@SESSION.sql_mode, @transload_client=@@SESSION.character_set_client, "
    "@transload_collation=@@SESSION.collation_connection, @transload_zone=@@SESSION.time_zone";
constexpr const char* kRestore =
    "SET SESSION sql_mode=@transload_sql_mode, character_set_client=@transload_client, "
    "collation_connection=@transload_collation, time_zone=@transload_zone";

/// Text in utf8mb4 reads the same to the server when it believes the client to speak this.
bool same_bytes(const std::string& charset, const std::string& text) {
    if (charset == "utf8mb4" || is_ascii(text)) return true;
    const bool utf8mb3 = charset == "utf8" || charset == "utf8mb3";
    return utf8mb3 && std::none_of(text.begin(), text.end(),
                                   [](char c) { return static_cast<unsigned char>(c) >= 0xF0; });
}

}  // namespace

bool is_ascii(const std::string& text) {
    return std::none_of(text.begin(), text.end(),
                        [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
}

std::string supported_modes(const std::string& sql_mode, bool mariadb, std::vector<std::string>* removed) {
    if (mariadb) return sql_mode;
    static constexpr std::array<std::string_view, 10> gone{"NO_AUTO_CREATE_USER",
                                                           "DB2",
                                                           "MAXDB",
                                                           "MSSQL",
                                                           "MYSQL323",
                                                           "MYSQL40",
                                                           "ORACLE",
                                                           "POSTGRESQL",
                                                           "NO_FIELD_OPTIONS",
                                                           "NO_KEY_OPTIONS"};
    std::string result;
    for (std::size_t begin = 0; begin <= sql_mode.size();) {
        const std::size_t end = std::min(sql_mode.find(',', begin), sql_mode.size());
        const std::string mode = sql_mode.substr(begin, end - begin);
        if (std::find(gone.begin(), gone.end(), mode) != gone.end() || mode == "NO_TABLE_OPTIONS") {
            if (removed) removed->push_back(mode);
        } else if (!mode.empty()) {
            result += (result.empty() ? "" : ",") + mode;
        }
        begin = end + 1;
    }
    return result;
}

Frame table_frame() {
    return {{"SET @transload_sql_mode=@@SESSION.sql_mode, @transload_zone=@@SESSION.time_zone, "
             "@transload_checks=@@SESSION.foreign_key_checks",
             "SET SESSION sql_mode='NO_ENGINE_SUBSTITUTION,ALLOW_INVALID_DATES', time_zone='+00:00', "
             "foreign_key_checks=0"},
            {"SET SESSION sql_mode=@transload_sql_mode, time_zone=@transload_zone, "
             "foreign_key_checks=@transload_checks"},
            true};
}

Frame object_frame(const Session& session, const SourceDatabase& database, const std::string& text) {
    Frame frame;
    std::string set =
        "SET SESSION sql_mode=" + mysql::quote_text(session.has_sql_mode ? session.sql_mode : "");
    frame.exact = same_bytes(session.character_set_client, text);
    if (!session.character_set_client.empty())
        set +=
            ", character_set_client=" + (frame.exact ? session.character_set_client : std::string("utf8mb4"));
    if (!session.collation_connection.empty())
        set += ", collation_connection=" + session.collation_connection;
    if (!session.time_zone.empty()) set += ", time_zone=" + mysql::quote_text(session.time_zone);
    frame.before = {kSave, set};
    frame.after = {kRestore};
    // A program also remembers the database's default of that day; parameters take their character set from
    // it.
    if (!session.database_collation.empty() && session.database_collation != database.collation) {
        frame.before.push_back("ALTER DATABASE COLLATE " + session.database_collation);
        frame.after.insert(frame.after.begin(), "ALTER DATABASE CHARACTER SET " + database.charset +
                                                    " COLLATE " + database.collation);
    }
    return frame;
}

}  // namespace transload::liquibase
