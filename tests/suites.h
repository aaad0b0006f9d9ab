/* tests/suites.h -- the tables of tests, one a file; tests/run.c lists them. */
#ifndef TESTS_SUITES_H
#define TESTS_SUITES_H

#include <CUnit/CUnit.h>

extern const CU_TestInfo api_doc_tests[];
extern const CU_TestInfo api_limits_tests[];
extern const CU_TestInfo api_match_tests[];
extern const CU_TestInfo api_tests[];
extern const CU_TestInfo auth_tests[];
extern const CU_TestInfo base_tests[];
extern const CU_TestInfo budget_tests[];
extern const CU_TestInfo config_tests[];
extern const CU_TestInfo ctl_words_tests[];
extern const CU_TestInfo client_settings_tests[];
extern const CU_TestInfo client_tests[];
extern const CU_TestInfo ctl_doc_tests[];
extern const CU_TestInfo ctl_backup_tests[];
extern const CU_TestInfo ctl_dump_tests[];
extern const CU_TestInfo ctl_line_tests[];
extern const CU_TestInfo ctl_servers_tests[];
extern const CU_TestInfo ctl_site_tests[];
extern const CU_TestInfo ctl_tests[];
extern const CU_TestInfo ctl_text_tests[];
extern const CU_TestInfo ctl_user_tests[];
extern const CU_TestInfo daemon_start_tests[];
extern const CU_TestInfo daemon_tests[];
extern const CU_TestInfo fcgi_heartbeat_tests[];
extern const CU_TestInfo fcgi_loop_tests[];
extern const CU_TestInfo fcgi_record_tests[];
extern const CU_TestInfo poison_tests[];
extern const CU_TestInfo fcgi_schema_tests[];
extern const CU_TestInfo fcgi_metrics_tests[];
extern const CU_TestInfo fcgi_tests[];
extern const CU_TestInfo jmap_error_tests[];
extern const CU_TestInfo fronts_tests[];
extern const CU_TestInfo fronts_errors_tests[];
extern const CU_TestInfo fronts_existing_tests[];
extern const CU_TestInfo jmap_filter_tests[];
extern const CU_TestInfo jmap_limits_tests[];
extern const CU_TestInfo jmap_store_tests[];
extern const CU_TestInfo jmap_tests[];
extern const CU_TestInfo login_flow_tests[];
extern const CU_TestInfo login_tests[];
extern const CU_TestInfo metrics_tests[];
extern const CU_TestInfo json_tests[];
extern const CU_TestInfo model_patch_tests[];
extern const CU_TestInfo model_record_tests[];
extern const CU_TestInfo model_tests[];
extern const CU_TestInfo random_tests[];
extern const CU_TestInfo quickstart_tests[];
extern const CU_TestInfo report_tests[];
extern const CU_TestInfo request_limits_tests[];
extern const CU_TestInfo samples_tests[];
extern const CU_TestInfo schema_tests[];
extern const CU_TestInfo site_hang_tests[];
extern const CU_TestInfo site_kill_tests[];
extern const CU_TestInfo site_login_tests[];
extern const CU_TestInfo site_memory_tests[];
extern const CU_TestInfo site_metrics_tests[];
extern const CU_TestInfo site_signal_tests[];
extern const CU_TestInfo site_names_tests[];
extern const CU_TestInfo site_audit_tests[];
extern const CU_TestInfo site_tests[];
extern const CU_TestInfo storage_archive_tests[];
extern const CU_TestInfo storage_backup_tests[];
extern const CU_TestInfo storage_changes_tests[];
extern const CU_TestInfo storage_files_tests[];
extern const CU_TestInfo storage_format_tests[];
extern const CU_TestInfo storage_chore_tests[];
extern const CU_TestInfo storage_kill_tests[];
extern const CU_TestInfo storage_login_tests[];
extern const CU_TestInfo storage_query_tests[];
extern const CU_TestInfo storage_repair_tests[];
extern const CU_TestInfo storage_server_tests[];
extern const CU_TestInfo storage_set_tests[];
extern const CU_TestInfo storage_until_tests[];
extern const CU_TestInfo storage_tests[];
extern const CU_TestInfo storage_tokens_tests[];
extern const CU_TestInfo storage_tools_tests[];
extern const CU_TestInfo storage_upkeep_tests[];
extern const CU_TestInfo wire_tests[];

#endif
