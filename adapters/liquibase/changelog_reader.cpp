#include <fmt/format.h>

#include <pugixml.hpp>

#include "adapters/liquibase/changelog.hpp"

namespace transload::liquibase {
namespace {

std::string restored(std::string text, const pugi::xml_node& change_set) {
    // The last made is taken back first, for a later stand-in may stand for a part of what an earlier one
    // did.
    std::vector<std::pair<std::string, std::string>> replacements;
    for (const auto& replace : change_set.child("modifySql").children("replace"))
        replacements.emplace_back(replace.attribute("replace").value(), replace.attribute("with").value());
    for (const auto& [stand_in, real] : replacements)
        for (std::size_t at = 0; (at = text.find(stand_in, at)) != std::string::npos; at += real.size())
            text.replace(at, stand_in.size(), real);
    return text;
}

}  // namespace

Changelog read_changelog(const std::filesystem::path& file) {
    pugi::xml_document document;
    const pugi::xml_parse_result parsed =
        document.load_file(file.c_str(), pugi::parse_default | pugi::parse_ws_pcdata_single);
    const pugi::xml_node root = document.child("databaseChangeLog");
    if (!parsed || !root)
        throw Error(ErrorKind::failed, "schema.changelog_unreadable", file.string(),
                    fmt::format("the saved changelog can't be read: {}", parsed.description()),
                    "it is written when the schema is generated: begin the job anew with --restart");
    Changelog result;
    result.logical_path = root.attribute("logicalFilePath").value();
    for (const auto& node : root.children("changeSet")) {
        ChangeSet change;
        change.id = node.attribute("id").value();
        const std::string labels = node.attribute("labels").value();
        change.part = labels.starts_with("pre-data") ? SchemaPart::pre_data : SchemaPart::post_data;
        for (std::size_t comma = labels.find(','); comma != std::string::npos;) {
            const std::size_t next = labels.find(',', comma + 1);
            const std::string label = labels.substr(comma + 1, next == std::string::npos ? next : next - comma - 1);
            if (label == "sharded")
                change.carrier = Carrier::proxy;
            else if (label == "left-out")
                change.carrier = Carrier::nobody;
            else
                change.stage = label;
            comma = next;
        }
        change.comment = node.child("comment").text().get();
        for (const auto& check : node.child("preConditions").children("sqlCheck"))
            change.unless.emplace_back(check.text().get());
        for (const auto& sql : node.children("sql"))
            change.statements.push_back(restored(sql.text().get(), node));
        if (node.child("createTable"))
            change.generated = node.child("createTable").attribute("tableName").value();
        result.change_sets.push_back(std::move(change));
    }
    return result;
}

}  // namespace transload::liquibase
