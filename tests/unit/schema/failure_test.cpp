#include "adapters/liquibase/failure.hpp"

#include <catch2/catch.hpp>

using namespace transload;
using namespace transload::liquibase;

TEST_CASE("A failed changeSet becomes its object and the server's own words") {
    const RunFailure failure = read_failure(
        {"Starting Liquibase at 11:02:07 (version 4.27.0 #1525 built at 2024-03-25 17:08+0000)",
         "ERROR: Exception Primary Reason:  The user specified as a definer ('a'@'%') does not exist",
         "Unexpected error running Liquibase: Migration failed for changeset "
         "transload/shop.xml::view:best%20sellers::transload:",
         "     Reason: liquibase.exception.DatabaseException: The user specified as a definer ('a'@'%') does "
         "not exist [Failed SQL: (1449) CREATE OR REPLACE …]"});
    CHECK(failure.code == 1449);
    const Error error = to_error(failure, "shop", "u@h:1", "job.log");
    CHECK(error.object() == "shop: view best sellers");
    CHECK(error.message() == "The user specified as a definer ('a'@'%') does not exist");
    CHECK(error.remedy().find("definers: strip") != std::string::npos);
}
TEST_CASE("Java that does not get as far as Liquibase is said to be broken") {
    const Error error = to_error(read_failure({"Error: Could not find or load main class liquibase.Main"}),
                                 "shop", "u@h:1", "job.log");
    CHECK(error.id() == "java.broken");
    CHECK(error.message().find("Could not find or load main class") != std::string::npos);
}
TEST_CASE("No session with the server is not the schema's fault") {
    const Error error = to_error(
        read_failure({"Starting Liquibase at 1",
                      "Unexpected error running Liquibase: liquibase.exception.DatabaseException: Connection "
                      "could not be created to jdbc:mysql://h/ with driver com.mysql.cj.jdbc.Driver.  Access "
                      "denied for user 'x'@'h' (using password: YES)"}),
        "shop", "u@h:1", "job.log");
    CHECK(error.id() == "liquibase.connection");
    CHECK(error.object() == "u@h:1");
}
