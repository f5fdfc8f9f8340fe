// A process of its own that runs one transfer, for tests that kill it or measure its memory.
// copy_program source=PORT target=PORT password=TEXT database=NAME [workers=N] [memory=BYTES]
// [rows_per_second=N]
#include <sys/resource.h>

#include <cstdio>
#include <fstream>
#include <iostream>
#include <map>

#include "orchestrator/plan/error.hpp"
#include "tests/integration/native/copy_job.hpp"

using namespace transload;

namespace {

Endpoint endpoint(const std::string& port, const std::string& password) {
    Endpoint result;
    result.port = static_cast<std::uint16_t>(std::stoi(port));
    result.user = "root";
    result.password = Secret(password);
    return result;
}

std::string peak_kilobytes() {
    std::ifstream status("/proc/self/status");
    for (std::string word; status >> word;)
        if (word == "VmHWM:") {
            status >> word;
            return word;
        }
    return "0";
}

}  // namespace

int main(int argc, char** argv) {
    std::map<std::string, std::string> arguments;
    for (int i = 1; i < argc; ++i) {
        const std::string text = argv[i];
        const std::size_t equals = text.find('=');
        arguments[text.substr(0, equals)] = equals == std::string::npos ? "" : text.substr(equals + 1);
    }
    for (const char* side : {"source_password", "target_password"})
        if (!arguments.contains(side)) arguments[side] = arguments["password"];
    JobSpec spec =
        test::spec_for(endpoint(arguments["source"], arguments["source_password"]),
                       endpoint(arguments["target"], arguments["target_password"]), arguments["database"]);
    if (arguments.contains("workers"))
        spec.limits.workers = static_cast<unsigned>(std::stoul(arguments["workers"]));
    if (arguments.contains("memory")) spec.limits.memory = std::stoull(arguments["memory"]);
    if (arguments.contains("rows_per_second"))
        spec.limits.rows_per_second = std::stoull(arguments["rows_per_second"]);
    test::RecordingControl control;
    control.on_event = [](const std::string& event) { std::cerr << event + "\n"; };
    try {
        const TransferResult result = test::copy(spec, control);
        std::cout << "rows=" << result.rows_copied << " bytes=" << result.bytes_copied
                  << " inventory=" << result.inventory_seconds << " indexing=" << result.indexing_seconds
                  << " peak_kb=" << peak_kilobytes() << " position=" << result.view->position() << "\n";
        return 0;
    } catch (const Error& error) {
        std::cout << "error " << error.id() << " " << error.object() << ": " << error.message() << " -> "
                  << error.remedy() << "\n";
        return 1;
    }
}
