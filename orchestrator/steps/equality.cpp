#include "orchestrator/steps/equality.hpp"

#include <algorithm>

#include "orchestrator/plan/error.hpp"
#include "orchestrator/plan/names.hpp"
#include "orchestrator/steps/carriers.hpp"
#include "orchestrator/steps/step_parts.hpp"
#include "orchestrator/steps/validation_parts.hpp"
#include "orchestrator/steps/write_stop.hpp"

namespace transload {
namespace {

/// Of tables that a following engine carries; without one there is nothing to redo.
std::vector<TableName> followed_tables_that_differ(StepContext& context) {
    std::vector<TableName> tables;
    for (const TablePlan& plan : planned_tables(context)) {
        if (plan.engine != EngineChoice::shardingsphere) continue;
        for (const TableReport& report : context.job.report.tables)
            if (report.name == plan.source.display() && report.mismatches > 0) tables.push_back(plan.source);
    }
    return tables;
}

/// With the write stop held, where there is one: what made a table differ is most likely that it changed while it was
/// read. The time of the cutover limits it; then the writers get the source back and the table goes on being carried.
void redo(StepContext& context, const std::vector<TableName>& tables) {
    const bool held = context.job.report.cutover.state == WriteStopState::held;
    for (const TableName& table : tables)
        context.control.event(Severity::warning, "validate", table.display(),
                              "the table is not equal on both sides and is carried once more");
    for (const Carrier& carrier : carriers(context)) {
        std::vector<TableName> own;
        for (const TablePlan& plan : carrier.tables)
            if (std::find(tables.begin(), tables.end(), plan.source) != tables.end()) own.push_back(plan.source);
        if (!own.empty())
            carrier.engine.redo(data_job(context, carrier), own,
                                held ? context.job.spec.cutover.timeout : std::chrono::milliseconds{0}, context.control);
    }
}

/// What the engines themselves find different, while the source stands still.
std::vector<TableName> check_engines(StepContext& context) {
    std::vector<TableName> different;
    for (const Carrier& carrier : carriers(context)) {
        const std::vector<TableName> found = carrier.engine.check(data_job(context, carrier), context.control);
        different.insert(different.end(), found.begin(), found.end());
    }
    return different;
}

/// The target as of one view of the source. True when the source stood still all the while.
struct Rest {
    bool quiet = true;
    std::vector<TableName> different;
};

Rest come_to_rest(StepContext& context) {
    const std::vector<Carrier> engines = carriers(context);
    const bool follows = std::any_of(engines.begin(), engines.end(),
                                     [&](const Carrier& carrier) { return follows_source(context, carrier); });
    Rest rest;
    if (hold_writes(context)) context.scratch.view.reset();
    if (follows) {
        const bool stopped = context.job.report.cutover.state == WriteStopState::held;
        const std::string before = context.ports.write_gate.position(context.job.spec);
        drain_all(context);
        rest.quiet = stopped || context.ports.write_gate.position(context.job.spec) == before;
        if (rest.quiet) rest.different = check_engines(context);
        if (!rest.different.empty()) return rest;
        if (!stopped)  // a snapshot is wanted: from here on the target is compared with one view, and brought to it
            for (const Carrier& carrier : engines) carrier.engine.halt(data_job(context, carrier), context.control);
        rest.quiet = rest.quiet && (stopped || context.ports.write_gate.position(context.job.spec) == before);
        context.scratch.view.reset();
    }
    // A view does not outlive its process, and the source may have moved since. The engine opens another and brings
    // its rows to it before they are compared, so that both sides are looked at as of one position.
    if (!context.scratch.view)
        for (const Carrier& carrier : engines)
            if (&carrier.engine == &context.ports.native_engine)
                context.scratch.view = carrier.engine.transfer(data_job(context, carrier), context.control).view;
    return rest;
}

}  // namespace

void drain_all(StepContext& context) {
    for (const Carrier& carrier : carriers(context)) {
        const std::string proof =
            carrier.engine.drain(data_job(context, carrier), context.job.spec.cutover.timeout, context.control);
        if (proof.empty() || proof == context.job.report.cutover.drain_proof) continue;
        context.job.report.cutover.drain_proof = proof;
        context.control.event(Severity::info, "cutover", "target", "drained: " + proof);
    }
}

std::optional<Failure> prove_equality(StepContext& context, bool mend) {
    for (bool again = false;; again = true) {
        const Rest rest = come_to_rest(context);
        if (!rest.different.empty() && !again) {
            redo(context, rest.different);
            continue;
        }
        compare_into_report(context, CommonView{context.scratch.view, nullptr, nullptr}, mend || !rest.quiet);
        const CutoverReport& cutover = context.job.report.cutover;
        if (cutover.state == WriteStopState::held && !context.ports.write_gate.holds(context.job.spec, cutover))
            throw Error(ErrorKind::transient, "cutover.stop_lost", context.job.spec.source.label(),
                        "the source took writes again while both sides were compared",
                        "find out who restarted it or switched the write stop off");
        const bool equal = context.job.report.validation.mismatches == 0;
        if (equal && rest.different.empty()) return std::nullopt;
        if (equal) {
            Failure failure;
            failure.id = "shardingsphere.check_false";
            failure.object = rest.different.front().display();
            failure.message = "ShardingSphere's own check says that the table differs, twice, while validation at level " +
                              context.job.report.validation.level + " finds no difference";
            failure.remedy = "validate at level rows, or carry the table with the engine native";
            return failure;
        }
        const std::vector<TableName> different = followed_tables_that_differ(context);
        if (again || mend || different.empty()) return describe_mismatch(context.job.report);
        redo(context, different);
    }
}

}  // namespace transload
