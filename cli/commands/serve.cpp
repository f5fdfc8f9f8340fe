#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "adapters/config/document.hpp"
#include "adapters/config/environment.hpp"
#include "adapters/config/job_document.hpp"
#include "adapters/config/secret_file.hpp"
#include "adapters/config/serve_config.hpp"
#include "adapters/http/server.hpp"
#include "adapters/logging/log_sink.hpp"
#include "cli/adapters.hpp"
#include "cli/commands/commands.hpp"
#include "cli/exit_codes.hpp"
#include "cli/reachable.hpp"
#include "cli/signals.hpp"
#include "cli/state_folder.hpp"
#include "cli/system_clock.hpp"
#include "cli/version.hpp"
#include "orchestrator/service/job_service.hpp"

namespace transload::cli {
namespace {

struct Serve {
    std::string config_file;
    std::string log_format = "text";
    config::Node flags = config::Node::map();
};

config::ServeConfig read_config(const Serve& arguments) {
    config::Node document =
        arguments.config_file.empty() ? config::Node::map() : config::read_document(arguments.config_file);
    config::merge(document, config::serve_environment());
    config::merge(document, arguments.flags);
    return config::serve_config_from(document);
}

http::ServerOptions server_options(const config::ServerConfig& config) {
    http::ServerOptions options;
    options.host = config.host;
    options.port = config.port;
    if (!config.token_file.empty()) options.token = config::read_secret_file(config.token_file, "server.token_file");
    options.allow_unauthenticated = config.allow_unauthenticated;
    options.tls_cert = config.tls_cert;
    options.tls_key = config.tls_key;
    options.version = version;
    return options;
}

int run(const Serve& arguments) {
    const config::ServeConfig config = read_config(arguments);
    Reachable<http::Server> listening;
    const SignalWatch signals([&] { listening.call([](http::Server& server) { server.stop(); }); });
    StateFolder state(config.state_dir);
    logging::LogSink log({arguments.log_format == "json" ? logging::LogFormat::json : logging::LogFormat::text});
    for (const Finding& finding : state.findings()) log.note(finding.severity, finding.message);
    Adapters adapters;
    const SystemClock clock;
    JobService service(adapters.ports(), state.store(), clock, {&log}, {config.concurrent_jobs, state.log_dir()});
    const config::JobRules rules{true, config.liquibase, config.schema_dir, config.shardingsphere};
    http::Server server(server_options(config.server), service,
                        {[&](std::string_view body) { return config::job_spec_from_request(body, rules); },
                         [&] { return state.healthy(); },
                         [](std::string_view body, const Limits& limits) {
                             return config::changed_limits_from_request(body, limits);
                         }});
    const Reachable<http::Server>::Here here(listening, server);
    if (SignalWatch::interrupted()) return exit_done;
    for (const JobId& id : service.recover()) log.note(Severity::info, "job " + id.str() + " is resumed");
    log.note(Severity::info, "listening on " + server.address());
    server.run();
    log.note(Severity::info, "stopping: running jobs are kept and resumed at the next start");
    return exit_done;
}

}  // namespace

void add_serve(CLI::App& program, Invocation& invocation) {
    auto arguments = std::make_shared<Serve>();
    CLI::App* command = program.add_subcommand("serve", "Run jobs that are posted over HTTP; resumes what was running");
    command->add_option("--config", arguments->config_file, "settings (YAML)")->type_name("FILE");
    command->add_option("--log-format", arguments->log_format, "of the log on standard output: text or json")
        ->check(CLI::IsMember({"text", "json"}))
        ->type_name("FORMAT");
    const auto add_setting = [&](const char* name, const char* path, const char* type, const char* help) {
        command
            ->add_option_function<std::string>(
                name,
                [arguments, path](const std::string& value) {
                    config::set(arguments->flags, path, value, config::Origin::flag);
                },
                help)
            ->type_name(type);
    };
    add_setting("--host", "server.host", "ADDRESS", "where to listen (default 127.0.0.1; elsewhere a token is needed)");
    add_setting("--port", "server.port", "PORT", "default 8080; 0 = any free port");
    add_setting("--token-file", "server.token_file", "FILE", "bearer token that every request must carry");
    add_setting("--state-dir", "state_dir", "DIR", "where jobs are kept (default ./transload-state)");
    add_setting("--schema-dir", "schema_dir", "DIR", "where changelogs are kept (default ./generated-schema)");
    command->callback([arguments, &invocation] { invocation.action = [arguments] { return run(*arguments); }; });
}

}  // namespace transload::cli
