#include "adapters/liquibase/installation.hpp"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <optional>

#include "adapters/process/child_process.hpp"
#include "adapters/process/program_search.hpp"
#include "orchestrator/plan/error.hpp"

namespace transload::liquibase {
namespace {

namespace fs = std::filesystem;

constexpr const char* kInstall =
    "run scripts/setup, or give the folder of a Liquibase 4.27.0 with --liquibase";

std::vector<fs::path> jars_in(const fs::path& folder) {
    std::vector<fs::path> jars;
    std::error_code code;
    for (const auto& entry : fs::directory_iterator(folder, code))
        if (entry.path().extension() == ".jar") jars.push_back(entry.path());
    std::sort(jars.begin(), jars.end());
    return jars;
}

/// A download that broke off, or the error page of a proxy under a jar's name.
void require_archive(const fs::path& jar) {
    char magic[2] = {};
    std::ifstream(jar, std::ios::binary).read(magic, sizeof magic);
    if (magic[0] != 'P' || magic[1] != 'K')
        throw Error(ErrorKind::failed, "liquibase.broken", jar.string(), "this is no Java archive", kInstall);
}

bool holds_core(const fs::path& home) {
    const std::vector<fs::path> jars = jars_in(home / "internal" / "lib");
    return std::any_of(jars.begin(), jars.end(), [](const fs::path& jar) {
        return jar.filename().string().starts_with("liquibase-core");
    });
}

/// A home that somebody named must be right; one that was only found on the way may be passed over.
fs::path named_home(const std::string& name, const std::string& where) {
    std::error_code code;
    fs::path home = fs::absolute(name, code);
    if (!fs::exists(home, code))
        throw Error(ErrorKind::failed, "liquibase.not_found", name,
                    "there is no Liquibase: " + where + " names a path that does not exist", kInstall);
    if (fs::is_regular_file(home, code))
        home = fs::canonical(home, code).parent_path();  // the launcher itself
    if (!holds_core(home))
        throw Error(ErrorKind::failed, "liquibase.broken", home.string(),
                    "this is no complete Liquibase: internal/lib/liquibase-core*.jar is missing", kInstall);
    return home;
}

fs::path find_home(const LiquibaseOptions& options) {
    if (!options.home.empty()) return named_home(options.home, "the option");
    if (const std::string home = process::environment("LIQUIBASE_HOME"); !home.empty())
        return named_home(home, "LIQUIBASE_HOME");
    std::error_code code;
    if (const auto launcher = process::find_in_path("liquibase")) {
        const fs::path home = fs::canonical(*launcher, code).parent_path();
        if (holds_core(home)) return home;
    }
    std::string tools = process::environment("TRANSLOAD_TOOLS");
    if (tools.empty()) tools = process::environment("HOME") + "/.cache/transload/tools";
    const fs::path installed = fs::path(tools) / "liquibase-4.27.0";
    if (holds_core(installed)) return installed;
    throw Error(
        ErrorKind::failed, "liquibase.not_found", "liquibase",
        "Liquibase was not found: not by option, LIQUIBASE_HOME or PATH, nor at " + installed.string(),
        kInstall);
}

fs::path find_java(const LiquibaseOptions& options, const fs::path& home) {
    const char* remedy =
        "install Java 11 or newer (Debian: apt-get install openjdk-17-jre-headless), or name it in the job";
    const auto named = [&](const fs::path& given, const std::string& where) {
        const fs::path java = fs::is_directory(given) ? given / "bin" / "java" : given;
        if (!process::is_executable(java))
            throw Error(ErrorKind::failed, "java.not_found", java.string(),
                        "there is no Java program where " + where + " says", remedy);
        return java;
    };
    if (!options.java.empty()) {
        if (options.java.find('/') != std::string::npos) return named(options.java, "the option");
        if (const auto java = process::find_in_path(options.java)) return *java;
        return named(options.java, "the option");
    }
    if (const std::string java_home = process::environment("JAVA_HOME"); !java_home.empty())
        return named(java_home, "JAVA_HOME");
    if (const fs::path java = home / "jre" / "bin" / "java"; process::is_executable(java)) return java;
    if (const auto java = process::find_in_path("java")) return *java;
    throw Error(ErrorKind::failed, "java.not_found", "java",
                "Liquibase needs Java, and there is none on this machine", remedy);
}

}  // namespace

Installation locate(const LiquibaseOptions& options) {
    Installation result;
    result.home = find_home(options);
    result.java = find_java(options, result.home);
    std::vector<fs::path> jars = jars_in(result.home / "internal" / "lib");
    const std::vector<fs::path> added = jars_in(result.home / "lib");
    jars.insert(jars.end(), added.begin(), added.end());
    for (const fs::path& jar : jars) {
        if (jar.filename().string().starts_with("liquibase-core")) require_archive(jar);
        const std::string name = jar.filename().string();
        if (name.starts_with("mysql-connector-j") || name.starts_with("mysql-connector-java"))
            result.mysql_driver = true;
        if (name.starts_with("mariadb-java-client")) result.mariadb_driver = true;
        if (!result.class_path.empty()) result.class_path += ':';
        result.class_path += jar.string();
    }
    if (!result.mysql_driver && !result.mariadb_driver)
        throw Error(ErrorKind::failed, "liquibase.driver_missing", (result.home / "lib").string(),
                    "Liquibase has no JDBC driver for MySQL",
                    "put mysql-connector-j-8.3.0.jar into that folder, or run scripts/setup");
    return result;
}

void check_java(const fs::path& java) {
    const char* remedy =
        "install Java 11 or newer (Debian: apt-get install openjdk-17-jre-headless), or name it in the job";
    constexpr int oldest = 11;
    process::Command command;
    command.program = java;
    command.arguments = {"-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-version"};
    command.time_limit = std::chrono::seconds(30);
    std::string first;
    int version = 0;
    command.on_line = [&](std::string_view line) {
        if (first.empty()) first = line;
        constexpr std::string_view mark = "version \"";
        if (const std::size_t at = line.find(mark); version == 0 && at != std::string_view::npos)
            version = std::atoi(std::string(line.substr(at + mark.size())).c_str());
    };
    const process::Exit exit = process::run(command);
    if (!exit.success() || version == 0)
        throw Error(ErrorKind::failed, "java.broken", java.string(),
                    "this Java does not work: " + (first.empty() ? std::string("it says nothing") : first),
                    remedy);
    if (version < oldest)
        throw Error(ErrorKind::failed, "java.too_old", java.string(), "this Java is too old: " + first,
                    remedy);
}

}  // namespace transload::liquibase
