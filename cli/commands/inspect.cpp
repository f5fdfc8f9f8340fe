#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>
#include <stop_token>

#include "cli/adapters.hpp"
#include "cli/command_control.hpp"
#include "cli/commands/commands.hpp"
#include "cli/exit_codes.hpp"
#include "cli/job_arguments.hpp"
#include "cli/outcome.hpp"
#include "cli/report_text.hpp"
#include "cli/signals.hpp"
#include "orchestrator/plan/names.hpp"
#include "orchestrator/service/job_ids.hpp"

/// The commands that look and compare, without a job: preflight, schema, verify.
namespace transload::cli {
namespace {

/// What these commands have in common: a spec, the adapters, progress on stderr, a stop on Ctrl-C.
struct Inspection {
    explicit Inspection(const JobArguments& arguments, JobState state)
        : signals([this] {
              stop.request_stop();
              SignalWatch::say("\nstopping at the next safe point; once more ends at once\n");
          }),
          view(ProgressView::detect(arguments.quiet)),
          control(view, state, stop.get_token()) {
        job.spec = arguments.spec();
        job.id = new_job_id(std::chrono::system_clock::now());
        job.state = state;
    }

    void plan() {
        tables = ports.catalog.plan_tables(job.spec, control);
        mark_sharded(job.spec, tables);
        for (const TablePlan& plan : tables) {
            TableReport& table = job.report.tables.emplace_back();
            table.name = plan.source.display();
            table.target_name = plan.target.display();
            table.engine = to_string(plan.engine);
            if (plan.key) table.key = plan.key->index_name;
        }
    }

    void print_result(bool json, const std::string& text) {
        view.close();
        (void)print(json ? job_document(job) : text);
    }

    Job job;
    std::stop_source stop;
    SignalWatch signals;  // before all that has threads
    ProgressView view;
    CommandControl control;
    Adapters adapters;
    StepPorts ports = adapters.ports();
    std::vector<TablePlan> tables;
};

int run_preflight_command(const JobArguments& arguments) {
    Inspection inspection(arguments, JobState::planning);
    Findings& findings = inspection.job.report.findings;
    try {
        inspection.plan();
        findings = all_findings(inspection.ports, inspection.job.spec, inspection.tables, inspection.control);
    } catch (const Error& error) {
        if (error.kind() == ErrorKind::cancelled || SignalWatch::interrupted()) throw;
        // A server that can't be reached is what preflight is there to find.
        findings.push_back({error.id(), Severity::error, error.object(), error.message(), error.remedy()});
    }
    const bool refused = has_errors(findings);
    inspection.job.state = refused ? JobState::preflight_failed : JobState::ready;
    inspection.print_result(arguments.json,
                            findings_text(findings) +
                                fmt::format("{} tables; {}\n", inspection.tables.size(),
                                            refused ? "a migration would be refused" : "a migration can start"));
    return refused ? exit_preflight_refused : exit_done;
}

int run_schema_command(const JobArguments& arguments) {
    Inspection inspection(arguments, JobState::schema_generating);
    inspection.plan();
    Job& job = inspection.job;
    const std::filesystem::path folder = std::filesystem::path(job.spec.schema_dir) / job.id.str();
    std::filesystem::create_directories(folder);
    const SchemaJob schema{job.id, job.spec, inspection.tables, folder, folder / "liquibase.log"};
    const SchemaReport generated = inspection.ports.schema.generate(schema, inspection.control);
    job.report.findings = generated.different;
    job.report.schema = inspection.ports.schema.compare(schema, SchemaPart::post_data, inspection.control);
    job.report.schema.changelogs = generated.changelogs;
    const bool different = has_errors(job.report.schema.different);
    job.state = JobState::done;
    inspection.print_result(arguments.json, report_text(job));
    return different ? exit_validation_mismatch : exit_done;
}

int run_verify_command(const JobArguments& arguments) {
    Inspection inspection(arguments, JobState::validating);
    inspection.plan();
    Job& job = inspection.job;
    ValidationOutcome outcome = inspection.ports.validator.validate(
        ValidationRequest{job.spec, inspection.tables, nullptr}, inspection.control);
    for (std::size_t i = 0; i < outcome.tables.size(); ++i) {
        outcome.tables[i].engine = job.report.tables[i].engine;
        outcome.tables[i].key = job.report.tables[i].key;
    }
    job.report.tables = std::move(outcome.tables);
    job.report.validation = std::move(outcome.summary);
    const bool equal = job.report.validation.mismatches == 0;
    job.state = equal ? JobState::done : JobState::validation_failed;
    inspection.print_result(arguments.json, validation_text(job.report.tables, job.report.validation));
    return equal ? exit_done : exit_validation_mismatch;
}

/// Statements that are ended for Ctrl-C fail in ways that would pass: they were stopped, nothing else is wrong.
int run_stoppable(int (*run)(const JobArguments&), const JobArguments& arguments) {
    try {
        return run(arguments);
    } catch (const Error& error) {
        const bool passing = error.kind() == ErrorKind::transient || error.kind() == ErrorKind::in_doubt;
        if (!passing || !SignalWatch::interrupted()) throw;
        throw Error(ErrorKind::cancelled, "job.stopped", "", "stopped on request", "");
    }
}

void add(CLI::App& program, Invocation& invocation, const char* name, const char* help,
         int (*run)(const JobArguments&)) {
    auto arguments = std::make_shared<JobArguments>();
    CLI::App* command = program.add_subcommand(name, help);
    arguments->add_to(*command);
    command->callback([arguments, run, &invocation] {
        invocation.json = arguments->json;
        invocation.action = [arguments, run] { return run_stoppable(run, *arguments); };
    });
}

}  // namespace

void add_preflight(CLI::App& program, Invocation& invocation) {
    add(program, invocation, "preflight", "Look for what would go wrong; changes nothing", run_preflight_command);
}

void add_schema(CLI::App& program, Invocation& invocation) {
    add(program, invocation, "schema", "Generate the changelogs and compare the schemas; changes nothing but the schema folder",
        run_schema_command);
}

void add_verify(CLI::App& program, Invocation& invocation) {
    add(program, invocation, "verify", "Compare the rows of two databases; with --repair mend those that differ",
        run_verify_command);
}

}  // namespace transload::cli
