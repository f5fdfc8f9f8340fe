#include "adapters/liquibase/changelog.hpp"

#include <fmt/format.h>
#include <openssl/sha.h>

#include <cstdio>
#include <fstream>
#include <map>
#include <regex>

#include "adapters/liquibase/jdbc_url.hpp"

namespace transload::liquibase {
namespace {

/// Characters of the private use area that stand in the file for what XML parsers, Liquibase or the driver
/// would change on the way; <modifySql> puts the real ones back just before the statement is sent.
constexpr unsigned kFirstStandIn = 0xE000, kLastStandIn = 0xE0FF;

std::string utf8(unsigned code) {
    std::string result;
    result += static_cast<char>(0xE0 | (code >> 12));
    result += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
    result += static_cast<char>(0x80 | (code & 0x3F));
    return result;
}

/// Finds stand-ins that occur nowhere in the statements.
class StandIns {
  public:
    explicit StandIns(const std::vector<std::string>& statements) : statements_(statements) {}
    std::string next() {
        for (; code_ <= kLastStandIn; ++code_) {
            const std::string candidate = utf8(code_);
            bool used = false;
            for (const std::string& statement : statements_)
                used |= statement.find(candidate) != std::string::npos;
            if (!used) {
                ++code_;
                return candidate;
            }
        }
        throw Error(ErrorKind::failed, "schema.stand_in", "",
                    "a definition uses all characters of the private use area E000..E0FF",
                    "leave the object out of the job and create it by hand");
    }

  private:
    const std::vector<std::string>& statements_;
    unsigned code_ = kFirstStandIn;
};

std::string escape(std::string_view text, bool attribute) {
    std::string result;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        const std::string_view rest = text.substr(i);
        if (byte == '&') {
            result += "&amp;";
        } else if (byte == '<') {
            result += "&lt;";
        } else if (byte == '>') {
            result += "&gt;";
        } else if (byte == '"' && attribute) {
            result += "&quot;";
        } else if ((byte < 0x20 && (attribute || (byte != '\n' && byte != '\t'))) || byte == 0x7f) {
            result += fmt::format("&#{};", static_cast<unsigned>(byte));
        } else if (byte == 0xC2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xA0) {
            result += fmt::format(
                "&#{};", static_cast<unsigned>(static_cast<unsigned char>(text[++i])));  // C1 controls, NEL
        } else if (rest.starts_with("\xE2\x80\xA8")) {  // line separator: a line break to XML 1.1
            result += "&#8232;";
            i += 2;
        } else {
            result += text[i];
        }
    }
    return result;
}

struct Replacement {
    std::string stand_in, real;
};

/// Texts that would not arrive as they are, and what stands for them.
std::vector<Replacement> protect(std::vector<std::string>& statements) {
    const std::vector<std::string> originals = statements;
    StandIns stand_ins(originals);
    std::vector<Replacement> result;
    const auto any = [&](std::string_view part) {
        for (const std::string& statement : statements)
            if (statement.find(part) != std::string::npos) return true;
        return false;
    };
    const auto replace = [&](std::string_view part, const std::string& with) {
        for (std::string& statement : statements)
            for (std::size_t at = 0; (at = statement.find(part, at)) != std::string::npos; at += with.size())
                statement.replace(at, part.size(), with);
    };
    const auto stand_for = [&](std::string_view part) {
        if (!any(part)) return;
        const Replacement made{stand_ins.next(), std::string(part)};
        replace(part, made.stand_in);
        result.push_back(made);
    };
    stand_for("\r");  // Liquibase makes every line break a \n
    stand_for("${");  // … and puts environment variables and system properties in
    static const std::regex jdbc_escape("\\{\\s*(d|t|ts|fn|oj|call|escape|\\?)(?![A-Za-z0-9_])",
                                        std::regex::icase);
    bool escapes = false;
    for (const std::string& statement : statements) escapes |= std::regex_search(statement, jdbc_escape);
    if (escapes) stand_for("{");  // {d '…'} and {fn …} are escapes to the driver
    // Outer blanks and a last semicolon are cut off.
    const auto fragile = [](const std::string& statement) {
        const auto blank = [](char c) { return c == ';' || static_cast<unsigned char>(c) <= ' '; };
        return !statement.empty() && (blank(statement.front()) || blank(statement.back()));
    };
    bool outer = false;
    for (const std::string& statement : statements) outer |= fragile(statement);
    if (outer) {
        const Replacement made{stand_ins.next(), ""};
        for (std::string& statement : statements)
            if (fragile(statement)) statement = made.stand_in + statement + made.stand_in;
        result.push_back(made);
    }
    return result;
}

void append_change_set(std::string& xml, const ChangeSet& change) {
    std::string labels = change.part == SchemaPart::pre_data ? "pre-data" : "post-data";
    if (!change.stage.empty()) labels += "," + change.stage;
    if (change.carrier == Carrier::proxy) labels += ",sharded";
    if (change.carrier == Carrier::nobody) labels += ",left-out";
    xml += fmt::format(
        "    <changeSet author=\"transload\" id=\"{}\" labels=\"{}\" runInTransaction=\"false\">\n",
        escape(change.id, true), labels);
    if (!change.unless.empty()) {
        xml += "        <preConditions onFail=\"MARK_RAN\">\n";
        for (const std::string& query : change.unless)
            xml += "            <sqlCheck expectedResult=\"0\">" + escape(query, false) + "</sqlCheck>\n";
        xml += "        </preConditions>\n";
    }
    if (!change.comment.empty()) xml += "        <comment>" + escape(change.comment, false) + "</comment>\n";
    if (!change.generated.empty()) xml += change.generated;
    std::vector<std::string> statements = change.statements;
    const std::vector<Replacement> replacements = protect(statements);
    for (const std::string& statement : statements)
        xml += "        <sql splitStatements=\"false\" stripComments=\"false\">" + escape(statement, false) +
               "</sql>\n";
    if (!replacements.empty()) {
        xml += "        <modifySql>\n";
        for (const Replacement& one : replacements)
            xml += fmt::format(
                "            <replace replace=\"{}\" with=\"{}\"/>\n",
                fmt::format("&#x{:X};", ((static_cast<unsigned char>(one.stand_in[0]) & 0x0Fu) << 12) |
                                            ((static_cast<unsigned char>(one.stand_in[1]) & 0x3Fu) << 6) |
                                            (static_cast<unsigned char>(one.stand_in[2]) & 0x3Fu)),
                escape(one.real, true));
        xml += "        </modifySql>\n";
    }
    xml += "    </changeSet>\n";
}

std::string short_digest(std::string_view text) {
    unsigned char digest[SHA256_DIGEST_LENGTH];
    SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest);
    std::string result;
    for (int i = 0; i < 8; ++i) result += fmt::format("{:02x}", static_cast<unsigned>(digest[i]));
    return result;
}

std::string bounded(std::string encoded, std::string_view original, std::size_t most) {
    if (encoded.size() <= most) return encoded;
    return encoded.substr(0, most - 17) + "-" + short_digest(original);
}

}  // namespace

bool acts(const ChangeSet& change) {
    return change.stage == "stage-last";
}

std::string change_set_id(std::string_view kind, std::string_view name) {
    return std::string(kind) + ":" + bounded(percent_encode(name), name, 180);
}

std::string changelog_file_name(std::string_view database) {
    std::string encoded = percent_encode(database);
    if (encoded.starts_with('.')) encoded = "%2E" + encoded.substr(1);
    return bounded(encoded, database, 150) + ".xml";
}

bool impossible_in_xml(std::string_view text) {
    for (std::size_t i = 0; i < text.size();) {
        const auto byte = static_cast<unsigned char>(text[i]);
        const std::size_t length = byte < 0x80    ? 1
                                   : byte >= 0xF0 ? 4
                                   : byte >= 0xE0 ? 3
                                   : byte >= 0xC2 ? 2
                                                  : 0;
        if (byte == 0 || length == 0 || i + length > text.size()) return true;
        for (std::size_t k = 1; k < length; ++k)
            if ((static_cast<unsigned char>(text[i + k]) & 0xC0) != 0x80) return true;
        if (length == 3 && byte == 0xEF && static_cast<unsigned char>(text[i + 1]) == 0xBF &&
            static_cast<unsigned char>(text[i + 2]) >= 0xBE)
            return true;  // U+FFFE and U+FFFF
        i += length;
    }
    return false;
}

std::string to_xml(const Changelog& changelog) {
    std::string xml = "<?xml version=\"1.1\" encoding=\"UTF-8\" standalone=\"no\"?>\n";
    xml +=
        "<databaseChangeLog xmlns=\"http://www.liquibase.org/xml/ns/dbchangelog\" "
        "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" "
        "xsi:schemaLocation=\"http://www.liquibase.org/xml/ns/dbchangelog "
        "http://www.liquibase.org/xml/ns/dbchangelog/dbchangelog-4.27.xsd\" logicalFilePath=\"" +
        escape(changelog.logical_path, true) + "\">\n";
    for (const ChangeSet& change : changelog.change_sets) append_change_set(xml, change);
    return xml + "</databaseChangeLog>\n";
}

void write_file(const std::filesystem::path& file, const std::string& bytes) {
    std::error_code code;
    std::filesystem::create_directories(file.parent_path(), code);
    {
        std::ifstream present(file, std::ios::binary);
        if (present && std::string(std::istreambuf_iterator<char>(present), {}) == bytes) return;
    }
    const std::filesystem::path temporary = file.string() + ".new";
    std::ofstream out(temporary, std::ios::binary | std::ios::trunc);
    out << bytes;
    out.close();
    if (out) std::filesystem::rename(temporary, file, code);
    if (!out || code)
        throw Error(ErrorKind::failed, "schema.changelog_unwritable", file.string(),
                    "the changelog can't be written",
                    "make the schema folder writable, or choose another with --schema-dir");
}

}  // namespace transload::liquibase
