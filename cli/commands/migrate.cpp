#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "cli/adapters.hpp"
#include "cli/commands/commands.hpp"
#include "cli/continuation.hpp"
#include "cli/exit_codes.hpp"
#include "cli/job_arguments.hpp"
#include "cli/outcome.hpp"
#include "cli/progress_view.hpp"
#include "cli/reachable.hpp"
#include "cli/report_text.hpp"
#include "cli/signals.hpp"
#include "cli/state_folder.hpp"
#include "cli/system_clock.hpp"
#include "orchestrator/service/job_service.hpp"

namespace transload::cli {
namespace {

struct Migrate {
    JobArguments job;
    bool restart = false;
};

/// Undoes an earlier job of the same move. Returns the job as it is afterwards.
Job undo(JobService& service, const Job& earlier) {
    if (earlier.state != JobState::cancelled && earlier.state != JobState::rolling_back)
        service.command(earlier.id, Trigger::cancel);
    if (earlier.state == JobState::rolling_back)
        service.recover(earlier.id);
    else
        service.command(earlier.id, Trigger::rollback);
    return service.wait(earlier.id);
}

/// The job that this command is about: the earlier one of the same move, or a new one.
JobId begin_or_continue(JobService& service, const JobSpec& spec, bool restart, ProgressView& view) {
    if (const std::optional<Job> made = restart ? std::nullopt : find_made(service.list(), spec)) {
        view.say(fmt::format("job {} has made this move and handed over: nothing is left to do (--restart begins another job)\n",
                             made->id.str()));
        return made->id;
    }
    const std::optional<Job> earlier = find_earlier(service.list(), spec, restart);
    if (!earlier) return service.submit(spec, true).id;
    if (restart && !untouched(*earlier)) {
        view.say(fmt::format("removing what job {} created\n", earlier->id.str()));
        const Job undone = undo(service, *earlier);
        if (undone.state == JobState::rolled_back) return service.submit(spec, true).id;
        if (is_active(undone.state)) return undone.id;  // stopped on request
        const Failure failure = undone.failure.value_or(Failure{});
        throw Error(ErrorKind::failed, "job.not_rolled_back", failure.object,
                    "what job " + earlier->id.str() + " created could not be removed: " + failure.message,
                    failure.remedy);
    }
    if (untouched(*earlier)) {
        if (earlier->state != JobState::cancelled) service.command(earlier->id, Trigger::cancel);
        return service.submit(spec, true).id;
    }
    view.say(fmt::format("continuing job {} in state {}\n", earlier->id.str(), to_string(earlier->state)));
    service.amend(earlier->id, continued_spec(*earlier, spec));
    if (is_failed(earlier->state))
        service.command(earlier->id, Trigger::retry);
    else if (earlier->state == JobState::paused)
        service.command(earlier->id, Trigger::resume);
    else
        service.recover(earlier->id);
    return earlier->id;
}

int run(const Migrate& arguments) {
    const JobSpec spec = arguments.job.spec();
    Reachable<JobService> running;
    const SignalWatch signals([&] {
        running.call([](JobService& service) { service.request_shutdown(); });
        SignalWatch::say("\nstopping at the next safe point; once more ends at once, the state is kept either way\n");
    });
    StateFolder state(arguments.job.state_dir());
    Adapters adapters;
    const SystemClock clock;
    ProgressView view(ProgressView::detect(arguments.job.quiet));
    const std::filesystem::path state_dir = arguments.job.state_dir();
    view.set_hints(spec.cutover.mode, state_dir == "./transload-state" ? "" : " --state-dir " + state_dir.string());
    JobService service(adapters.ports(), state.store(), clock, {&view}, {1, state.log_dir()});
    const Reachable<JobService>::Here here(running, service);
    if (SignalWatch::interrupted()) return exit_interrupted;
    const JobId id = begin_or_continue(service, spec, arguments.restart, view);
    const Job job = service.wait(id);
    view.close();
    const bool printed =
        print(arguments.job.json ? job_document(job) : report_text(job));
    if (is_active(job.state)) {
        fmt::print(stderr, "job {} is kept in state {}; the same command goes on with it\n", id.str(),
                   to_string(job.state));
        return SignalWatch::interrupted() ? exit_interrupted : exit_failed;
    }
    const int code = exit_code_of(job);
    return code == exit_done && !printed ? exit_failed : code;
}

}  // namespace

void add_migrate(CLI::App& program, Invocation& invocation) {
    auto arguments = std::make_shared<Migrate>();
    CLI::App* command = program.add_subcommand("migrate", "Move schema and rows, validate, report");
    arguments->job.add_to(*command);
    command->add_flag("--restart", arguments->restart,
                      "remove what an unfinished job of the same source and target created, and begin anew");
    command->callback([arguments, &invocation] {
        invocation.json = arguments->job.json;
        invocation.action = [arguments] { return run(*arguments); };
    });
}

}  // namespace transload::cli
