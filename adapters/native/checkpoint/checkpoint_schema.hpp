#pragma once
#include <array>
#include <string_view>

/// The tables on the target that remember what is copied; docs/checkpoint-tables.md describes them.
namespace transload::native {

inline constexpr std::string_view checkpoint_database = "_transload";
inline constexpr int checkpoint_version = 2;

inline constexpr std::string_view create_checkpoint_database =
    "CREATE DATABASE IF NOT EXISTS `_transload` CHARACTER SET utf8mb4 COLLATE utf8mb4_bin";

inline constexpr std::array<std::string_view, 5> create_checkpoint_tables{
    R"sql(
CREATE TABLE IF NOT EXISTS `_transload`.`copy_format` (
    version INT NOT NULL PRIMARY KEY
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin COMMENT = 'Transload: version of the copy_ tables')sql",
    R"sql(
CREATE TABLE IF NOT EXISTS `_transload`.`copy_jobs` (
    job_id     VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
    source     VARCHAR(512) NOT NULL,
    created_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin COMMENT = 'Transload: jobs that copy into this server')sql",
    R"sql(
CREATE TABLE IF NOT EXISTS `_transload`.`copy_views` (
    job_id      VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    view_no     INT UNSIGNED NOT NULL,
    position    LONGTEXT CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    exact       TINYINT UNSIGNED NOT NULL,
    log_position LONGTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin,
    bracket_low  LONGTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin,
    opened_at   TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
    PRIMARY KEY (job_id, view_no)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin COMMENT = 'Transload: views of the source that rows were read in')sql",
    R"sql(
CREATE TABLE IF NOT EXISTS `_transload`.`copy_tables` (
    job_id            VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    table_no          INT UNSIGNED NOT NULL,
    source_database   VARCHAR(64) NOT NULL,
    source_table      VARCHAR(64) NOT NULL,
    target_database   VARCHAR(64) NOT NULL,
    target_table      VARCHAR(64) NOT NULL,
    definition_digest CHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    begun             TINYINT UNSIGNED NOT NULL DEFAULT 0,
    PRIMARY KEY (job_id, table_no)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin COMMENT = 'Transload: tables of a job')sql",
    R"sql(
CREATE TABLE IF NOT EXISTS `_transload`.`copy_chunks` (
    job_id     VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    table_no   INT UNSIGNED NOT NULL,
    chunk_no   INT UNSIGNED NOT NULL,
    view_no    INT UNSIGNED NOT NULL,
    after_key  MEDIUMTEXT CHARACTER SET ascii COLLATE ascii_bin,
    upto_key   MEDIUMTEXT CHARACTER SET ascii COLLATE ascii_bin,
    row_count  BIGINT UNSIGNED NOT NULL,
    byte_count BIGINT UNSIGNED NOT NULL,
    PRIMARY KEY (job_id, table_no, chunk_no)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin COMMENT = 'Transload: key ranges whose rows are on the target')sql"};

}  // namespace transload::native
