# shellcheck shell=bash
# Run once by the entry point of the image mysql, when it makes the data folder. Not executable, so that it is
# sourced there and knows docker_process_sql.
for file in /sample-shop/*.sql; do
    mysql_note "loading $file"
    docker_process_sql <"$file"
done
