#include "orchestrator/steps/live_equality.hpp"

#include <algorithm>
#include <chrono>
#include <set>
#include <string>
#include <utility>

#include "orchestrator/plan/error.hpp"
#include "orchestrator/steps/carriers.hpp"
#include "orchestrator/steps/step_parts.hpp"
#include "orchestrator/steps/validation_parts.hpp"

namespace transload {
namespace {

Carrier the_carrier(StepContext& context) { return carriers(context).front(); }

CommonView open_view(StepContext& context, const CommonViewWish& wish) {
    const Carrier carrier = the_carrier(context);
    CommonView view = carrier.engine.common_view(data_job(context, carrier), wish, context.control);
    if (!view)
        throw Error(ErrorKind::failed, "validation.no_view", context.job.spec.source.label(),
                    "the engine can't show both sides at one position", "use engine native");
    return view;
}

void mend(StepContext& context) {
    const CommonView view = open_view(context, {.mend = true});
    compare_into_report(context, view, true);
    if (view.to_be_reached && context.job.report.validation.mismatches == 0) {
        const Carrier carrier = the_carrier(context);
        carrier.engine.go_on_behind(data_job(context, carrier), view, context.control);
    }
}

using Rows = std::set<std::pair<TableName, std::string>>;  ///< table and key

/// The rows that differ, if they differ in a document alone as far as is known; nothing when any differs otherwise.
Rows documents_that_differ(StepContext& context) {
    const ValidationReport& found = context.job.report.validation;
    if (found.mismatches != found.details.size()) return {};
    Rows rows;
    for (const Mismatch& mismatch : found.details) {
        const TablePlan* document = nullptr;
        for (const TablePlan& plan : planned_tables(context))
            if (plan.source.display() == mismatch.table)
                for (const Column& column : plan.columns)
                    if (column.name == mismatch.column && column.data_type == "json") document = &plan;
        if (document == nullptr || mismatch.kind != MismatchKind::different) return {};
        rows.emplace(document->source, mismatch.key);
    }
    return rows;
}

std::vector<TableName> tables_of(const std::vector<UnseenTable>& unseen, const Rows& rows) {
    std::set<TableName> tables;
    for (const UnseenTable& table : unseen) tables.insert(table.table);
    for (const auto& row : rows) tables.insert(row.first);
    return {tables.begin(), tables.end()};
}

std::string reason_for_another_look(const std::vector<UnseenTable>& unseen, const Rows& rows) {
    std::string text;
    if (!unseen.empty())
        text = std::to_string(unseen.size()) + " tables could not be read in this view, the first: " +
               unseen.front().table.display() + ": " + unseen.front().why + "; ";
    if (!rows.empty())
        text += std::to_string(rows.size()) + " rows differ in a document, the first: " + rows.begin()->first.display() + " " +
                rows.begin()->second + ", which the source may have misread (MySQL's bug 114138); ";
    return text + "these tables are compared again at another position";
}

/// Compares both sides at one position, and then at another the tables that could not be seen in the first (truncated,
/// altered or locked meanwhile), and those in which only documents differ or could not be read: MySQL (its bug 114138;
/// seen in 8.0.15 and 9.7) shows a view garbage for a large document that was changed in place since. A copy is not
/// touched by that, since the change that follows has the whole document. What differs twice in a row does differ.
void compare_live(StepContext& context) {
    constexpr int most_looks = 6;
    Rows before;
    CommonViewWish wish;
    for (int look = 1;; ++look) {
        const auto unseen = compare_into_report(context, open_view(context, wish), false, wish.only);
        const Rows rows = documents_that_differ(context);
        const bool again_the_same =
            std::any_of(rows.begin(), rows.end(), [&](const auto& row) { return before.contains(row); });
        const bool look_at_rows = !rows.empty() && !again_the_same && look < most_looks;
        if (unseen.empty() && !look_at_rows) return;
        if (look == most_looks)
            throw Error(ErrorKind::transient, "validation.unseen", unseen.front().table.display(),
                        "the table could not be read in " + std::to_string(most_looks) + " views of the source, at last: " +
                            unseen.front().why,
                        "find out what truncates, alters or locks the table all the time; then retry");
        wish.only = tables_of(unseen, look_at_rows ? rows : Rows{});
        context.control.event(Severity::warning, "validate", context.job.spec.source.label(),
                              reason_for_another_look(unseen, look_at_rows ? rows : Rows{}));
        before = rows;
    }
}

class Stopwatch {
  public:
    explicit Stopwatch(double& seconds) : seconds_(seconds) {}
    ~Stopwatch() {
        seconds_ += std::chrono::duration<double>(std::chrono::steady_clock::now() - begun_).count();
    }
    Stopwatch(const Stopwatch&) = delete;
    Stopwatch& operator=(const Stopwatch&) = delete;

  private:
    double& seconds_;
    std::chrono::steady_clock::time_point begun_ = std::chrono::steady_clock::now();
};

}  // namespace

std::optional<Failure> prove_equality_live(StepContext& context, bool mend_first) {
    Report& report = context.job.report;
    std::optional<Stopwatch> watch(std::in_place, report.timings.validate_seconds);
    if (!mend_first) {
        compare_live(context);
        if (report.validation.mismatches != 0 && context.job.spec.repair)
            context.control.event(Severity::warning, "validate", "",
                                  std::to_string(report.validation.mismatches) +
                                      " rows differ; the stream is held while they are re-copied");
    }
    if (mend_first || (report.validation.mismatches != 0 && context.job.spec.repair)) {
        mend(context);
        const std::uint64_t repaired = report.validation.repaired;
        // What was mended is compared once more: at a position of its own, while both sides move again.
        if (report.validation.mismatches == 0) {
            compare_live(context);
            report.validation.repaired = repaired;
        }
    }
    watch.reset();  // before the report is stored
    if (report.validation.mismatches != 0) {
        Failure failure = describe_mismatch(report);
        // 'verify --repair' would bring rows to where the source is by then, ahead of the stream.
        failure.remedy =
            "find out who else writes to the target; then go on with the same command and --repair, or with 'transload job "
            "retry --repair': it re-copies just these rows and follows on";
        return failure;
    }
    context.control.record(Severity::info, "validate", "",
                           "both sides are equal at level " + report.validation.level + ", at position " +
                               report.validation.position);
    return std::nullopt;
}

std::optional<Failure> prove_changes_equal(StepContext& context) {
    const Carrier carrier = the_carrier(context);
    const auto different = carrier.engine.check_changes(data_job(context, carrier), context.control);
    if (!different)
        throw Error(ErrorKind::transient, "cutover.unproven", context.job.spec.target.label(),
                    "nobody knows any more which rows changed since both sides were compared",
                    "none: both sides are compared again before the next attempt");
    if (different->empty()) return std::nullopt;
    Failure failure;
    failure.id = "validation.mismatch";
    failure.object = different->front().display();
    failure.message = "rows that changed since the validation differ in " + std::to_string(different->size()) + " tables";
    failure.remedy =
        "the source takes writes again; find out who else writes to the target; then go on with the same command and "
        "--repair, or with 'transload job retry --repair': it re-copies what differs";
    return failure;
}

}  // namespace transload
