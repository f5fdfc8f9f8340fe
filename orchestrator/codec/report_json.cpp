#include "orchestrator/codec/report_json.hpp"

#include "orchestrator/codec/member_reader.hpp"
#include "orchestrator/codec/time_text.hpp"

namespace transload {
namespace {

using codec::find;
using codec::read;
using codec::read_choice;
using codec::text_or_null;

Json schema_json(const SchemaReport& schema) {
    Json changelog = nullptr;
    if (schema.changelogs.size() == 1)
        changelog = schema.changelogs.front();
    else if (!schema.changelogs.empty())
        changelog = schema.changelogs;
    return {{"changelog", std::move(changelog)},
            {"objects", schema.objects},
            {"identical", schema.identical},
            {"equivalent", schema.equivalent},
            {"different", findings_to_json(schema.different)}};
}

void read_schema(const Json& document, SchemaReport& schema) {
    const Json* object = find(document, "schema");
    if (object == nullptr) return;
    if (const Json* changelog = find(*object, "changelog")) {
        if (changelog->is_string())
            schema.changelogs = {changelog->get<std::string>()};
        else
            codec::read_texts(*object, "changelog", schema.changelogs);
    }
    read(*object, "objects", schema.objects);
    read(*object, "identical", schema.identical);
    read(*object, "equivalent", schema.equivalent);
    schema.different = findings_from_json(codec::list(*object, "different"));
}

Json table_json(const TableReport& table) {
    return {{"name", table.name},
            {"target_name", table.target_name},
            {"engine", table.engine},
            {"source_rows", table.source_rows},
            {"target_rows", table.target_rows},
            {"validated", text_or_null(table.validated)},
            {"key", text_or_null(table.key)},
            {"mismatches", table.mismatches},
            {"repaired", table.repaired}};
}

TableReport table_of(const Json& object) {
    TableReport table;
    read(object, "name", table.name);
    read(object, "target_name", table.target_name);
    read(object, "engine", table.engine);
    read(object, "source_rows", table.source_rows);
    read(object, "target_rows", table.target_rows);
    read(object, "validated", table.validated);
    read(object, "key", table.key);
    read(object, "mismatches", table.mismatches);
    read(object, "repaired", table.repaired);
    return table;
}

Json mismatch_json(const Mismatch& mismatch) {
    return {{"kind", to_string(mismatch.kind)},
            {"table", mismatch.table},
            {"key", mismatch.key},
            {"column", text_or_null(mismatch.column)},
            {"source_value", text_or_null(mismatch.source_value)},
            {"target_value", text_or_null(mismatch.target_value)},
            {"repaired", mismatch.repaired}};
}

Mismatch mismatch_of(const Json& object) {
    Mismatch mismatch;
    read_choice(object, "kind", mismatch.kind);
    read(object, "table", mismatch.table);
    read(object, "key", mismatch.key);
    read(object, "column", mismatch.column);
    read(object, "source_value", mismatch.source_value);
    read(object, "target_value", mismatch.target_value);
    read(object, "repaired", mismatch.repaired);
    return mismatch;
}

Json validation_json(const ValidationReport& validation) {
    Json details = Json::array();
    for (const Mismatch& mismatch : validation.details) details.push_back(mismatch_json(mismatch));
    return {{"level", text_or_null(validation.level)},
            {"position", text_or_null(validation.position)},
            {"mismatches", validation.mismatches},
            {"repaired", validation.repaired},
            {"details", std::move(details)}};
}

void read_validation(const Json& document, ValidationReport& validation) {
    const Json* object = find(document, "validation");
    if (object == nullptr) return;
    read(*object, "level", validation.level);
    read(*object, "position", validation.position);
    read(*object, "mismatches", validation.mismatches);
    read(*object, "repaired", validation.repaired);
    for (const Json& item : codec::list(*object, "details")) validation.details.push_back(mismatch_of(item));
}

Json moment_json(std::int64_t milliseconds) {
    if (milliseconds == 0) return nullptr;
    return utc_text(WallTime{std::chrono::milliseconds{milliseconds}});
}

void read_moment(const Json& object, const char* member, std::int64_t& out) {
    std::string text;
    read(object, member, text);
    if (text.empty()) return;
    const auto time = utc_from_text(text);
    if (!time) codec::malformed(member, "a time");
    out = std::chrono::duration_cast<std::chrono::milliseconds>(time->time_since_epoch()).count();
}

Json cutover_json(const CutoverReport& cutover) {
    return {{"requested", cutover.requested},
            {"state", to_string(cutover.state)},
            {"method", text_or_null(cutover.method)},
            {"read_only_before", cutover.read_only_before},
            {"super_read_only_before", cutover.super_read_only_before},
            {"server_uuid", text_or_null(cutover.server_uuid)},
            {"saved", text_or_null(cutover.saved)},
            {"programs", text_or_null(cutover.programs)},
            {"stopped_at", moment_json(cutover.stopped_at)},
            {"position", text_or_null(cutover.position)},
            {"drain_proof", text_or_null(cutover.drain_proof)},
            {"withdrawn", cutover.withdrawn},
            {"reverse_position", text_or_null(cutover.reverse_position)},
            {"handed_over_at", moment_json(cutover.handed_over_at)}};
}

/// A write stop: `cutover` on the source, `cut_back` on the target.
void read_cutover(const Json& document, const char* member, CutoverReport& cutover) {
    const Json* object = find(document, member);
    if (object == nullptr) return;
    read(*object, "requested", cutover.requested);
    read_choice(*object, "state", cutover.state);
    read(*object, "method", cutover.method);
    read(*object, "read_only_before", cutover.read_only_before);
    read(*object, "super_read_only_before", cutover.super_read_only_before);
    read(*object, "server_uuid", cutover.server_uuid);
    read(*object, "saved", cutover.saved);
    read(*object, "programs", cutover.programs);
    read_moment(*object, "stopped_at", cutover.stopped_at);
    read(*object, "position", cutover.position);
    read(*object, "drain_proof", cutover.drain_proof);
    read(*object, "withdrawn", cutover.withdrawn);
    read(*object, "reverse_position", cutover.reverse_position);
    read_moment(*object, "handed_over_at", cutover.handed_over_at);
}

Json timings_json(const Timings& timings) {
    return {
        {"schema_seconds", timings.schema_seconds},         {"inventory_seconds", timings.inventory_seconds},
        {"indexing_seconds", timings.indexing_seconds},     {"validate_seconds", timings.validate_seconds},
        {"write_stop_seconds", timings.write_stop_seconds}, {"total_seconds", timings.total_seconds}};
}

void read_timings(const Json& document, Timings& timings) {
    const Json* object = find(document, "timings");
    if (object == nullptr) return;
    read(*object, "schema_seconds", timings.schema_seconds);
    read(*object, "inventory_seconds", timings.inventory_seconds);
    read(*object, "indexing_seconds", timings.indexing_seconds);
    read(*object, "validate_seconds", timings.validate_seconds);
    read(*object, "write_stop_seconds", timings.write_stop_seconds);
    read(*object, "total_seconds", timings.total_seconds);
}

}  // namespace

Json findings_to_json(const Findings& findings) {
    Json list = Json::array();
    for (const Finding& finding : findings)
        list.push_back({{"id", finding.id},
                        {"severity", to_string(finding.severity)},
                        {"object", finding.object},
                        {"message", finding.message},
                        {"remedy", finding.remedy}});
    return list;
}

Findings findings_from_json(const Json& list) {
    Findings findings;
    for (const Json& item : list) {
        Finding finding;
        read(item, "id", finding.id);
        read_choice(item, "severity", finding.severity);
        read(item, "object", finding.object);
        read(item, "message", finding.message);
        read(item, "remedy", finding.remedy);
        findings.push_back(std::move(finding));
    }
    return findings;
}

Json report_to_json(const Report& report) {
    Json tables = Json::array();
    for (const TableReport& table : report.tables) tables.push_back(table_json(table));
    return {{"engine", text_or_null(report.engine)},
            {"schema", schema_json(report.schema)},
            {"tables", std::move(tables)},
            {"validation", validation_json(report.validation)},
            {"findings", findings_to_json(report.findings)},
            {"cutover", cutover_json(report.cutover)},
            {"cut_back", cutover_json(report.cut_back)},
            {"timings", timings_json(report.timings)},
            {"rows_copied", report.rows_copied},
            {"bytes_copied", report.bytes_copied},
            {"changes_applied", report.changes_applied},
            {"finalized", report.finalized}};
}

Report report_from_json(const Json& document) {
    Report report;
    read(document, "engine", report.engine);
    read_schema(document, report.schema);
    for (const Json& item : codec::list(document, "tables")) report.tables.push_back(table_of(item));
    read_validation(document, report.validation);
    report.findings = findings_from_json(codec::list(document, "findings"));
    read_cutover(document, "cutover", report.cutover);
    read_cutover(document, "cut_back", report.cut_back);
    read_timings(document, report.timings);
    read(document, "rows_copied", report.rows_copied);
    read(document, "bytes_copied", report.bytes_copied);
    read(document, "changes_applied", report.changes_applied);
    read(document, "finalized", report.finalized);
    return report;
}

}  // namespace transload
