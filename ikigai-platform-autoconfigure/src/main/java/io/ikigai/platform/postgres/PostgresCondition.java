package io.ikigai.platform.postgres;

import java.util.LinkedHashMap;
import java.util.Map;

import io.ikigai.platform.BackendStatus.Condition;

import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Looks how the server is, for health.
 *
 * @param schema the platform's schema
 * @param jdbc the pool
 * @param errors knows what the server has refused lately
 * @param listening the connection that listens
 */
record PostgresCondition(String schema, JdbcTemplate jdbc, PostgresErrors errors, ListenConnection listening) {

	/**
	 * Asks the server.
	 * @param failing what fails in the background, with the reasons
	 */
	Condition look(Map<String, String> failing) {
		Map<String, Object> details = new LinkedHashMap<>();
		details.put("schema", this.schema);
		details.put("listening", this.listening.listening());
		String problem = this.listening.problem();
		if (problem != null) {
			details.put("problem", problem);
		}
		try {
			String version = this.jdbc.queryForObject("SHOW server_version", String.class);
			details.put("version", (version != null) ? version : "unknown");
		}
		catch (DataAccessException ex) {
			details.put("error", String.valueOf(ex.getMostSpecificCause().getMessage()));
			return new Condition(false, false, failing, details);
		}
		// A server that refuses writes, as with a full disk, still answers reads
		String refusal = this.errors.refusal();
		if (refusal != null) {
			details.put("error", refusal);
		}
		return new Condition(refusal == null, problem == null, failing, details);
	}

}
