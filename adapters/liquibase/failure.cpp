#include "adapters/liquibase/failure.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

namespace transload::liquibase {
namespace {

bool contains(std::string_view text, std::string_view part) {
    return text.find(part) != std::string_view::npos;
}

std::string after(const std::string& line, std::string_view mark) {
    const std::size_t at = line.find(mark);
    return at == std::string::npos ? std::string() : line.substr(at + mark.size());
}

/// Takes the server's words out of "liquibase.exception.DatabaseException: words [Failed SQL: (1064) …]".
void take_reason(std::string text, RunFailure& failure) {
    const std::size_t failed_sql = text.find(" [Failed SQL: (");
    if (failed_sql != std::string::npos) {
        failure.code = static_cast<unsigned>(std::strtoul(text.c_str() + failed_sql + 15, nullptr, 10));
        text.resize(failed_sql);
    }
    for (;;) {  // class names before the message
        const std::size_t colon = text.find(": ");
        const std::string head = text.substr(0, colon);
        if (colon == std::string::npos || !(contains(head, "Exception") || contains(head, "Error")) ||
            contains(head, " "))
            break;
        text.erase(0, colon + 2);
    }
    const std::size_t begin = text.find_first_not_of(' ');
    failure.message = begin == std::string::npos ? std::string() : text.substr(begin);
}

}  // namespace

RunFailure read_failure(const std::vector<std::string>& output) {
    RunFailure failure;
    std::string first, unexpected;
    for (const std::string& line : output) {
        if (first.empty() && !line.empty()) first = line;
        if (contains(line, "Starting Liquibase")) failure.started = true;
        if (contains(line, "Connection could not be created") ||
            contains(line, "Communications link failure") || contains(line, "Access denied for user"))
            failure.connection = true;
        if (const std::string tail = after(line, "changeset ");
            failure.change_set.empty() && !tail.empty() && contains(tail, "::")) {
            const std::size_t begin = tail.find("::") + 2;
            failure.change_set = tail.substr(begin, tail.find("::", begin) - begin);
        }
        if (const std::string reason = after(line, "  Reason: "); failure.message.empty() && !reason.empty())
            take_reason(reason, failure);
        if (const std::string text = after(line, "Unexpected error running Liquibase: ");
            unexpected.empty() && !text.empty())
            unexpected = text;
    }
    if (failure.message.empty() && !unexpected.empty()) take_reason(unexpected, failure);
    if (failure.message.empty()) {
        const auto found = std::find_if(output.begin(), output.end(), [](const std::string& line) {
            return contains(line, "Exception") || contains(line, "ERROR") || contains(line, "Error");
        });
        failure.message = found != output.end() ? *found : first;
    }
    return failure;
}

std::string describe_change_set(const std::string& id) {
    std::string text;
    bool name = false;
    for (std::size_t i = 0; i < id.size(); ++i) {
        if (id[i] == '%' && i + 2 < id.size()) {
            text += static_cast<char>(std::strtoul(id.substr(i + 1, 2).c_str(), nullptr, 16));
            i += 2;
        } else if (id[i] == ':' && !name) {
            text += ' ';
            name = true;
        } else {
            text += id[i];
        }
    }
    return text;
}

Error to_error(const RunFailure& failure, const std::string& database, const std::string& endpoint,
               const std::string& log_file) {
    const std::string see = "see " + log_file;
    if (!failure.started)
        return Error(ErrorKind::failed, "java.broken", "java",
                     fmt::format("Liquibase could not be started: {}",
                                 failure.message.empty() ? "no output" : failure.message),
                     "install Java 11 or newer and a complete Liquibase 4.27.0 (scripts/setup does), or name "
                     "them in the job; " +
                         see);
    if (failure.change_set.empty()) {
        if (failure.connection)
            return Error(
                ErrorKind::transient, "liquibase.connection", endpoint,
                fmt::format("Liquibase got no session with database {}: {}", database, failure.message),
                "check host, port, account and TLS of this endpoint; " + see);
        return Error(
            ErrorKind::failed, "liquibase.failed", database,
            fmt::format("Liquibase failed: {}", failure.message.empty() ? "no message" : failure.message),
            contains(failure.message, "is full") ? "free disk space on the target; then retry; " + see : see);
    }
    std::string remedy = "mend the cause and retry; " + see;
    ErrorKind kind = ErrorKind::failed;
    switch (failure.code) {
        case 1449:
            remedy =
                "create that account on the target, or choose for the job definers: strip or map; " + see;
            break;
        case 1227:
            remedy =
                "grant SET_USER_ID (MySQL 8.2 and newer: SET_ANY_DEFINER) and SYSTEM_USER, or SUPER, to the "
                "migrating account, "
                "or let it own the objects with definers: strip; " +
                see;
            break;
        case 1143:
        case 1356:
        case 1370:
            remedy =
                "give the account that is the object's definer the same rights on the target as on the "
                "source, or let the migrating account own it "
                "with definers: strip; " +
                see;
            break;
        case 1418:
        case 1419:
            remedy =
                "SET GLOBAL log_bin_trust_function_creators=1 on the target, or grant SUPER to the migrating "
                "account; " +
                see;
            break;
        case 1142:
        case 1044:
            remedy = "grant the missing right to the migrating account, or to the object's definer; " + see;
            break;
        case 1205:
        case 1213:
            kind = ErrorKind::transient;
            remedy = "retry when nothing else holds locks on the target; " + see;
            break;
        case 3750:
            remedy =
                "SET GLOBAL sql_require_primary_key=0 on the target, or give the table a primary key; " + see;
            break;
        default:
            break;
    }
    if (contains(failure.message, "Communications link failure") ||
        contains(failure.message, "No operations allowed after connection closed"))
        kind = ErrorKind::transient;
    return Error(kind, "schema.apply_failed", database + ": " + describe_change_set(failure.change_set),
                 failure.message, remedy);
}

}  // namespace transload::liquibase
