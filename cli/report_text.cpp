#include "cli/report_text.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "cli/human.hpp"
#include "orchestrator/plan/names.hpp"

namespace transload::cli {
namespace {

constexpr std::size_t most_mismatches = 20;

std::string failure_text(const Failure& failure) {
    std::string text = fmt::format("\nFailed at {}", failure.step);
    if (!failure.object.empty()) text += fmt::format(", {}", failure.object);
    text += fmt::format(":\n  {}\n", failure.message);
    if (!failure.remedy.empty()) text += fmt::format("  What to do: {}\n", failure.remedy);
    return text;
}

std::string schema_text(const SchemaReport& schema) {
    if (schema.changelogs.empty()) return {};
    std::string text = fmt::format("\nSchema: {} objects compared, {} identical, {} equivalent, {} different\n",
                                   schema.objects, schema.identical, schema.equivalent,
                                   schema.objects - std::min(schema.objects, schema.identical + schema.equivalent));
    for (const std::string& file : schema.changelogs) text += fmt::format("  changelog {}\n", file);
    for (const Finding& finding : schema.different)
        text += fmt::format("  {} {}: {}\n", finding.severity == Severity::error ? "different " : "equivalent",
                            finding.object, finding.message);
    return text;
}

/// Which engine carried a table is worth a column only where it was not native for all of them.
bool engines_worth_showing(const std::vector<TableReport>& tables) {
    return std::any_of(tables.begin(), tables.end(), [](const TableReport& table) {
        return !table.engine.empty() && table.engine != to_string(EngineChoice::native);
    });
}

/// Where the write stop stands, for someone who has to know whether the source can be written to.
std::string_view write_stop_text(const Job& job) {
    const CutoverReport& cutover = job.report.cutover;
    switch (cutover.state) {
        case WriteStopState::stopping: return "being stopped: the source may be stopped already";
        case WriteStopState::held: return "the source takes no writes";
        case WriteStopState::releasing: return "being taken back: the source may still be stopped";
        case WriteStopState::telling: return "being handed over; the source takes no writes";
        case WriteStopState::over:
            return job.report.cut_back.state == WriteStopState::over ? "taken back to the source; the target takes no writes"
                                                                     : "handed over; the source takes no writes";
        case WriteStopState::none: break;
    }
    if (job.spec.cutover.mode != CutoverMode::manual) return "the source takes writes";
    return cutover.requested ? "asked for; the source takes writes" : "not asked for yet; the source takes writes";
}

std::string cutover_text(const Job& job) {
    const CutoverReport& cutover = job.report.cutover;
    const bool stopped = cutover.state != WriteStopState::none;
    if (job.spec.cutover.mode == CutoverMode::none && !stopped) return {};
    const bool known = job.spec.cutover.mode != CutoverMode::none;  // not of a job of a server
    const std::string mode = known ? fmt::format("mode {}, ", to_string(job.spec.cutover.mode)) : std::string();
    std::string text = fmt::format("\nCutover: {}{}\n", mode, write_stop_text(job));
    if (stopped && !cutover.method.empty()) {
        text += fmt::format("  writes stopped by {}", cutover.method);
        if (const double seconds = job.report.timings.write_stop_seconds; seconds > 0)
            text += fmt::format(" for {}", human_duration(seconds));
        if (!cutover.position.empty()) text += fmt::format(", at position {}", cutover.position);
        text += "\n";
    }
    if (stopped && !cutover.drain_proof.empty()) text += fmt::format("  drained: {}\n", cutover.drain_proof);
    if (cutover.withdrawn > 0)
        text += fmt::format("  taken back {} time{}\n", cutover.withdrawn, cutover.withdrawn == 1 ? "" : "s");
    return text;
}

}  // namespace

std::string findings_text(const Findings& findings) {
    std::string text;
    for (const Severity severity : {Severity::error, Severity::warning, Severity::info})
        for (const Finding& finding : findings) {
            if (finding.severity != severity) continue;
            text += fmt::format("{:<7} {:<32} {}: {}\n", to_string(severity), finding.id, finding.object,
                                finding.message);
            if (!finding.remedy.empty()) text += fmt::format("{:8}remedy: {}\n", "", finding.remedy);
        }
    return text;
}

std::string validation_text(const std::vector<TableReport>& tables, const ValidationReport& summary) {
    std::string text;
    std::size_t width = 5;
    for (const TableReport& table : tables) width = std::max(width, table.name.size());
    width = std::min<std::size_t>(width, 60);
    const bool engines = engines_worth_showing(tables);
    const auto engine = [&](const std::string& name) { return engines ? fmt::format("  {:<14}", name) : std::string(); };
    if (!tables.empty())
        text += fmt::format("\n{:<{}}{}  {:>14}  {:>14}  {:<9}  result\n", "table", width, engine("engine"),
                            "source rows", "target rows", "validated");
    for (const TableReport& table : tables) {
        std::string result = table.validated.empty() ? "-" : table.mismatches ? fmt::format("{} DIFFER", table.mismatches) : "equal";
        if (table.repaired) result += fmt::format(", {} repaired", table.repaired);
        text += fmt::format("{:<{}}{}  {:>14}  {:>14}  {:<9}  {}\n", table.name, width, engine(table.engine),
                            human_count(table.source_rows), human_count(table.target_rows), table.validated, result);
    }
    if (!summary.level.empty())
        text += fmt::format("\nValidation: level {}, {} mismatches{} at position {}\n", summary.level, summary.mismatches,
                            summary.repaired ? fmt::format(", {} rows repaired", summary.repaired) : "",
                            summary.position.empty() ? "unknown" : summary.position);
    for (std::size_t i = 0; i < summary.details.size() && i < most_mismatches; ++i) {
        const Mismatch& mismatch = summary.details[i];
        text += fmt::format("  {} {} {}", to_string(mismatch.kind), mismatch.table, mismatch.key);
        if (!mismatch.column.empty()) text += fmt::format(" column {}", mismatch.column);
        if (!mismatch.source_value.empty() || !mismatch.target_value.empty())
            text += fmt::format(": source {}, target {}", mismatch.source_value, mismatch.target_value);
        text += mismatch.repaired ? " (repaired)\n" : "\n";
    }
    if (summary.details.size() > most_mismatches)
        text += fmt::format("  … and {} more in the --json report\n", summary.details.size() - most_mismatches);
    return text;
}

std::string report_text(const Job& job) {
    const Report& report = job.report;
    const Timings& timings = report.timings;
    std::string text = fmt::format("Job {}: {}\n", job.id.str(), to_string(job.state));
    const std::string sides = job.spec.databases.empty()
                                  ? std::string()  // a job of a server does not tell
                                  : fmt::format("{} -> {}, ", job.spec.source.label(), job.spec.target.label());
    text += fmt::format("  {}engine {}\n", sides, report.engine);
    if (job.failure) text += failure_text(*job.failure);
    const std::string findings = findings_text(report.findings);
    if (!findings.empty()) text += "\nFindings of preflight:\n" + findings;
    text += schema_text(report.schema);
    if (!report.validation.level.empty()) text += validation_text(report.tables, report.validation);
    text += cutover_text(job);
    text += fmt::format("\nRows copied {}, {}; schema {}, inventory {}, indexing {}, validation {}, total {}\n",
                        human_count(report.rows_copied), human_bytes(report.bytes_copied),
                        human_duration(timings.schema_seconds), human_duration(timings.inventory_seconds),
                        human_duration(timings.indexing_seconds), human_duration(timings.validate_seconds),
                        human_duration(timings.total_seconds));
    return text;
}

}  // namespace transload::cli
