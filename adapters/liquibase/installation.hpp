#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "orchestrator/plan/job_spec.hpp"

namespace transload::liquibase {

/// Where Liquibase and Java are on this machine.
struct Installation {
    std::filesystem::path home;
    std::filesystem::path java;
    std::string class_path;
    bool mysql_driver = false;
    bool mariadb_driver = false;
};

/// Looks at LiquibaseOptions, then LIQUIBASE_HOME, PATH, and where scripts/setup installs; for Java at the
/// options, JAVA_HOME, a JRE inside the installation, and PATH. Throws Error "liquibase.not_found",
/// "liquibase.broken", "liquibase.driver_missing", "java.not_found".
[[nodiscard]] Installation locate(const LiquibaseOptions& options);

/// Starts this Java once to see that it works and is new enough. Throws Error "java.broken", "java.too_old".
void check_java(const std::filesystem::path& java);

}  // namespace transload::liquibase
