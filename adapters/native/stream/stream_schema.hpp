#pragma once
#include <array>
#include <string_view>

/// The tables on the written server that remember how far a stream is; docs/checkpoint-tables.md describes them.
namespace transload::native {

inline constexpr int stream_version = 1;

inline constexpr std::array<std::string_view, 3> create_stream_tables{
    R"sql(
CREATE TABLE IF NOT EXISTS `_transload`.`stream_format` (
    version INT NOT NULL PRIMARY KEY
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin COMMENT = 'Transload: version of the stream_ tables')sql",
    R"sql(
CREATE TABLE IF NOT EXISTS `_transload`.`stream_state` (
    job_id        VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    direction     VARCHAR(8) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    group_no      BIGINT UNSIGNED NOT NULL DEFAULT 0,
    applied       LONGTEXT CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    pending_end   LONGTEXT CHARACTER SET ascii COLLATE ascii_bin,
    pending_parts INT UNSIGNED NOT NULL DEFAULT 0,
    row_changes   BIGINT UNSIGNED NOT NULL DEFAULT 0,
    transactions  BIGINT UNSIGNED NOT NULL DEFAULT 0,
    shapes        LONGTEXT CHARACTER SET ascii COLLATE ascii_bin,
    statement     LONGTEXT,
    begun_at      TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
    PRIMARY KEY (job_id, direction)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin COMMENT = 'Transload: how far change streams are')sql",
    R"sql(
CREATE TABLE IF NOT EXISTS `_transload`.`stream_parts` (
    job_id    VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    direction VARCHAR(8) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    group_no  BIGINT UNSIGNED NOT NULL,
    part_no   INT UNSIGNED NOT NULL,
    PRIMARY KEY (job_id, direction, group_no, part_no)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin COMMENT = 'Transload: parts of a group that are applied')sql"};

}  // namespace transload::native
