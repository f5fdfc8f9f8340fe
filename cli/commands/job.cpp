#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "adapters/config/environment.hpp"
#include "adapters/config/job_document.hpp"
#include "adapters/config/secret_file.hpp"
#include "adapters/http/client/job_client.hpp"
#include "cli/adapters.hpp"
#include "cli/commands/commands.hpp"
#include "cli/event_text.hpp"
#include "cli/exit_codes.hpp"
#include "cli/outcome.hpp"
#include "cli/progress_view.hpp"
#include "cli/reachable.hpp"
#include "cli/report_text.hpp"
#include "cli/signals.hpp"
#include "cli/state_folder.hpp"
#include "cli/system_clock.hpp"
#include "orchestrator/codec/event_json.hpp"
#include "orchestrator/codec/job_json.hpp"
#include "orchestrator/codec/report_json.hpp"
#include "orchestrator/codec/spec_json.hpp"
#include "orchestrator/codec/time_text.hpp"
#include "orchestrator/plan/error.hpp"
#include "orchestrator/service/job_service.hpp"
#include "orchestrator/service/limit_change.hpp"
#include "orchestrator/service/manual_cutover.hpp"
#include "orchestrator/service/rehearsal.hpp"

/// The jobs of a server (--server), or of a state folder that no server has open.
namespace transload::cli {
namespace {

constexpr std::size_t event_page = 1000;

struct JobCommand {
    std::string id;
    std::string server;
    std::string token_file;
    std::string ca_file;
    std::string state_dir;
    bool json = false;
    bool dry_run = false;
    bool repair = false;
    bool quiet = false;

    [[nodiscard]] http::ClientOptions client() const {
        http::ClientOptions options;
        options.server = server;
        options.ca_file = ca_file;
        if (!token_file.empty()) options.token = config::read_secret_file(token_file, "--token-file");
        return options;
    }
};

/// Where migrate and serve look, too.
std::string usual_state_dir() {
    const std::string named = config::process_environment("TRANSLOAD_STATE_DIR").value_or("");
    return named.empty() ? "./transload-state" : named;
}

/// What became of a command: a line, or {"id", "state", "asked"}. `asked` is what another process was left with.
void print_outcome(const JobCommand& arguments, JobState state, std::string_view asked = {}) {
    Json document{{"id", arguments.id}, {"state", to_string(state)}};
    if (!asked.empty()) document["asked"] = asked;
    const std::string rest = asked.empty() ? "" : ": asked; the process that runs it obeys within a second or two";
    (void)print(arguments.json ? document.dump(2) + "\n" : fmt::format("{} {}{}\n", arguments.id, to_string(state), rest));
}

std::string summary_line(const JobSummary& summary) {
    std::string databases;
    for (const DatabaseMapping& mapping : summary.databases) {
        databases += (databases.empty() ? "" : ", ") + mapping.source;
        if (mapping.target != mapping.source) databases += " -> " + mapping.target;
    }
    return fmt::format("{}  {:<22}  {}  {} -> {}  {}{}\n", summary.id.str(), to_string(summary.state),
                       utc_text(summary.updated), summary.source, summary.target, databases,
                       summary.message.empty() ? "" : "\n    " + summary.message);
}

int list(const JobCommand& arguments) {
    std::vector<JobSummary> summaries;
    if (!arguments.server.empty()) {
        summaries = http::JobClient(arguments.client()).list();
    } else {
        const StateReader state(arguments.state_dir);
        for (const Job& job : state.store().list()) summaries.push_back(summary_of(job));
    }
    if (arguments.json) {
        Json document{{"jobs", Json::array()}};
        for (const JobSummary& summary : summaries) document["jobs"].push_back(summary_to_json(summary));
        (void)print(document.dump(2) + "\n");
        return exit_done;
    }
    for (const JobSummary& summary : summaries) (void)print(summary_line(summary));
    return exit_done;
}

int show(const JobCommand& arguments) {
    const JobId id(arguments.id);
    if (!arguments.server.empty()) {
        const std::string document = http::JobClient(arguments.client()).show(id);
        (void)print(arguments.json ? document + "\n" : report_text(job_from_document(document)));
        return exit_done;
    }
    const Job job = StateReader(arguments.state_dir).job(id);
    (void)print(arguments.json ? job_document(job) : report_text(job));
    return exit_done;
}

int events(const JobCommand& arguments) {
    const JobId id(arguments.id);
    std::optional<http::JobClient> client;
    std::optional<StateReader> state;
    if (arguments.server.empty()) {
        state.emplace(arguments.state_dir);
        (void)state->job(id);
    } else {
        client.emplace(arguments.client());
    }
    for (std::uint64_t after = 0;;) {
        const std::vector<Event> page =
            client ? client->events(id, after, event_page) : state->store().events(id, after, event_page);
        for (const Event& event : page)
            (void)print(arguments.json ? event_to_json(event).dump() + "\n" : event_text(event));
        if (page.size() < event_page) return exit_done;
        after = page.back().sequence;
    }
}

/// In a state folder the command is this process's to carry out: what it sets going runs here to its end.
int command_here(const JobCommand& arguments, Trigger trigger) {
    Reachable<JobService> running;
    const SignalWatch signals([&] { running.call([](JobService& service) { service.request_shutdown(); }); });
    require_jobs_in(arguments.state_dir);
    StateFolder state(arguments.state_dir);
    Adapters adapters;
    const SystemClock clock;
    ProgressView view(ProgressView::detect(arguments.quiet));
    JobService service(adapters.ports(), state.store(), clock, {&view}, {1, state.log_dir()});
    const Reachable<JobService>::Here here(running, service);
    const JobId id(arguments.id);
    view.set_hints(state.store().load(id).value_or(Job{}).spec.cutover.mode,
                   arguments.state_dir == "./transload-state" ? "" : " --state-dir " + arguments.state_dir);
    if (arguments.repair)
        service.retry_with_repair(id);
    else
        service.command(id, trigger);
    const Job job = service.wait(id);
    view.close();
    (void)print(arguments.json ? job_document(job) : report_text(job));
    if (is_active(job.state)) return SignalWatch::interrupted() ? exit_interrupted : exit_failed;
    return is_failed(job.state) ? exit_code_of(job) : exit_done;
}

/// A job that another process runs is in its hands: a command is left for it to find.
int leave(const JobCommand& arguments, Trigger trigger, const Error& locked) {
    const JobId id(arguments.id);
    StateReader state(arguments.state_dir);
    const Job job = state.job(id);
    if (trigger == Trigger::cutover) {
        require_manual_cutover(job);
        state.ask_cutover(id);
    } else {
        if (!is_active(job.state)) throw locked;
        const Transition* row = find_transition(job.state, trigger);
        if (!row || row->kind != TransitionKind::command)
            throw Error(ErrorKind::refused, "job.not_allowed", id.str(),
                        fmt::format("a job in state {} can't take the command {}", to_string(job.state), to_string(trigger)),
                        "look at the job's state and at docs/states.md");
        state.ask_command(id, trigger);
    }
    print_outcome(arguments, job.state, to_string(trigger));
    return exit_done;
}

int send(const JobCommand& arguments, Trigger trigger) {
    if (arguments.server.empty()) {
        try {
            return command_here(arguments, trigger);
        } catch (const Error& error) {
            if (error.id() != "store.locked") throw;
            return leave(arguments, trigger, error);
        }
    }
    http::JobClient client(arguments.client());
    const JobId id(arguments.id);
    const JobState state = arguments.repair ? client.retry_with_repair(id) : client.command(id, trigger);
    print_outcome(arguments, state);
    return exit_done;
}

/// What would keep the job from cutting over now; nothing is changed.
int rehearse(const JobCommand& arguments) {
    const JobId id(arguments.id);
    Findings findings;
    if (!arguments.server.empty()) {
        findings = http::JobClient(arguments.client()).rehearse_cutover(id);
    } else {
        const Job job = StateReader(arguments.state_dir).job(id);
        Adapters adapters;
        findings = rehearse_cutover(job, std::nullopt, adapters.ports().write_gate);
    }
    const bool ready = !has_errors(findings);
    if (arguments.json)
        (void)print(Json{{"id", id.str()}, {"ready", ready}, {"findings", findings_to_json(findings)}}.dump(2) + "\n");
    else
        (void)print(findings_text(findings) +
                    (ready ? "a cutover can begin; nothing was changed\n" : "a cutover would not begin now; nothing was changed\n"));
    return ready ? exit_done : exit_failed;
}

/// Other limits, for a server, for the process that runs the job, or for the job as it lies in the store.
int change_limits(const JobCommand& arguments, const config::Node& wanted) {
    const JobId id(arguments.id);
    Limits limits = config::changed_limits(wanted, {});  // what is wrong with the words is said before anything is asked
    if (!arguments.server.empty()) {
        const Json all = limits_to_json(limits);
        Json document = Json::object();
        for (const auto& [name, value] : wanted.members) document[name] = all[name];
        limits = http::JobClient(arguments.client()).set_limits(id, document.dump());
    } else {
        StateReader reader(arguments.state_dir);
        limits = config::changed_limits(wanted, reader.job(id).spec.limits);
        if (!wanted.members.empty()) try {
            StateFolder state(arguments.state_dir);
            Adapters adapters;
            const SystemClock clock;
            JobService service(adapters.ports(), state.store(), clock, {}, {1, state.log_dir()});
            limits = service.set_limits(id, limits).spec.limits;
        } catch (const Error& error) {
            if (error.id() != "store.locked") throw;
            reader.ask_limits(id, limits);
        }
    }
    (void)print(arguments.json ? limits_to_json(limits).dump(2) + "\n" : limits_text(limits) + "\n");
    return exit_done;
}

}  // namespace

void add_job(CLI::App& program, Invocation& invocation) {
    auto arguments = std::make_shared<JobCommand>();
    CLI::App* command = program.add_subcommand("job", "Jobs of a server, or of a state folder");
    command->require_subcommand(1);
    const auto add = [&](const char* name, const char* help, bool takes_id, const Action& action) {
        CLI::App* sub = command->add_subcommand(name, help);
        if (takes_id) sub->add_option("id", arguments->id, "the job's id")->required()->type_name("ID");
        sub->add_option("--server", arguments->server, "a server's address; without it the state folder is used")
            ->type_name("URL");
        sub->add_option("--token-file", arguments->token_file, "the server's bearer token")->type_name("FILE");
        sub->add_option("--ca", arguments->ca_file, "who signed an https server's certificate (PEM), if the system does not know")
            ->check(CLI::ExistingFile)
            ->type_name("FILE");
        sub->add_option("--state-dir", arguments->state_dir, "default TRANSLOAD_STATE_DIR, else ./transload-state")
            ->type_name("DIR");
        sub->add_flag("--json", arguments->json, "print JSON instead of text; events one a line");
        sub->add_flag("--quiet,-q", arguments->quiet, "no progress on stderr");
        sub->callback([action, arguments, &invocation] {
            if (arguments->state_dir.empty()) arguments->state_dir = usual_state_dir();
            invocation.action = action;
        });
        return sub;
    };
    const auto add_trigger = [&](const char* name, const char* help, Trigger trigger) {
        return add(name, help, true, [arguments, trigger] { return send(*arguments, trigger); });
    };
    add("list", "All jobs, the newest first", false, [arguments] { return list(*arguments); });
    add("show", "One job with its report", true, [arguments] { return show(*arguments); });
    add("events", "What happened to a job", true, [arguments] { return events(*arguments); });
    add_trigger("start", "Start a job that is READY", Trigger::start);
    add_trigger("pause", "Stop a running job at the next safe point", Trigger::pause);
    add_trigger("resume", "Go on with a paused job", Trigger::resume);
    add_trigger("retry", "Go on with a failed job from the step that failed", Trigger::retry)
        ->add_flag("--repair", arguments->repair, "re-copy the rows that validation finds different, from now on");
    add_trigger("cancel", "Give a job up; what it created stays", Trigger::cancel);
    add_trigger("rollback",
                "Remove what a cancelled or failed job created on the target; after a cutover with --reverse: go back to the "
                "source, with all that was written since",
                Trigger::rollback);
    add_trigger("finish", "Give the way back up: the target stays, the source is not kept up to date any more", Trigger::finish);
    add("cutover", "Cut a job with cutover mode manual over now", true,
        [arguments] { return arguments->dry_run ? rehearse(*arguments) : send(*arguments, Trigger::cutover); })
        ->add_flag("--dry-run", arguments->dry_run, "say what would be in the way, and change nothing");
    auto wanted = std::make_shared<config::Node>(config::Node::map());
    CLI::App* limits = add("limits", "Change a job's limits, also while it runs; without options: show them", true,
                           [arguments, wanted] { return change_limits(*arguments, *wanted); });
    const auto add_limit = [&](const char* name, const char* key, const char* type, const char* help) {
        limits
            ->add_option_function<std::string>(
                name, [wanted, key](const std::string& value) { config::set(*wanted, key, value, config::Origin::flag); }, help)
            ->type_name(type);
    };
    add_limit("--rows-per-second", "rows_per_second", "N", "0 = none");
    add_limit("--bytes-per-second", "bytes_per_second", "SIZE", "e.g. 50MiB; 0 = none");
    add_limit("--replica-lag", "replica_lag", "TIME", "back off while the source, itself a replica, lags more; 0 = ignore");
    add_limit("--threads-running", "threads_running", "N", "back off while the source runs more threads; 0 = ignore");
    add_limit("--history-list-length", "history_list_length", "N", "back off while the source's undo is longer; 0 = ignore");
}

}  // namespace transload::cli
