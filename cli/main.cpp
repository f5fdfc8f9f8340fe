#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <exception>

#include "cli/commands/commands.hpp"
#include "cli/exit_codes.hpp"
#include "cli/outcome.hpp"
#include "cli/version.hpp"

using namespace transload;

namespace {

/// The parser would only say that a command is missing.
bool is_unknown_command(const CLI::App& program, const std::string& word) {
    if (word.empty() || word.front() == '-') return false;
    for (const CLI::App* command : program.get_subcommands({}))
        if (command->get_name() == word) return false;
    return true;
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App program("Moves a live MySQL or MariaDB database to another server and proves that nothing was lost.",
                     "transload");
    program.set_version_flag("--version", std::string("transload ") + cli::version);
    program.require_subcommand(1);
    program.footer("Exit codes: 0 done, 1 failed, 2 usage, 3 preflight refused, 4 validation mismatch, 130 interrupted.");
    cli::Invocation invocation;
    cli::add_migrate(program, invocation);
    cli::add_preflight(program, invocation);
    cli::add_schema(program, invocation);
    cli::add_verify(program, invocation);
    cli::add_serve(program, invocation);
    cli::add_job(program, invocation);
    if (argc > 1 && is_unknown_command(program, argv[1])) {
        fmt::print(stderr, "error: there is no command {}\nremedy: run transload --help\n", argv[1]);
        return cli::exit_usage;
    }
    try {
        program.parse(argc, argv);
        return invocation.action();
    } catch (const CLI::Success& success) {
        return program.exit(success);
    } catch (const CLI::ParseError& error) {
        program.exit(error);
        return cli::exit_usage;
    } catch (const Error& error) {
        cli::report_error(error, invocation.json);
        return cli::exit_code_of(error);
    } catch (const std::exception& error) {
        fmt::print(stderr, "error: {}\n", error.what());
        return cli::exit_failed;
    }
}
