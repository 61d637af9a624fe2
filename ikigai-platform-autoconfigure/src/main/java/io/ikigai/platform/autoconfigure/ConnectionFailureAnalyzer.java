package io.ikigai.platform.autoconfigure;

import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.env.Environment;
import org.springframework.util.StringUtils;

/**
 * Shows a PostgreSQL that cannot be connected to when something else than the platform
 * finds that out first, such as the application's own migrations.
 */
class ConnectionFailureAnalyzer extends AbstractFailureAnalyzer<PSQLException> {

	private static final String IKIGAI_URL = "ikigai.postgres.url";

	private static final String SPRING_URL = "spring.datasource.url";

	private final Environment environment;

	ConnectionFailureAnalyzer(Environment environment) {
		this.environment = environment;
	}

	@Override
	protected @Nullable FailureAnalysis analyze(Throwable rootFailure, PSQLException cause) {
		if (findCause(rootFailure, PlatformConfigurationException.class) != null) {
			// Described already, by who knows which address it was.
			return null;
		}
		boolean separate = this.environment.getProperty("ikigai.postgres.separate", Boolean.class, false);
		String key = StringUtils.hasText(this.environment.getProperty(IKIGAI_URL)) ? IKIGAI_URL : SPRING_URL;
		String url = this.environment.getProperty(key);
		if (separate || url == null || !UnusableDatabase.isConnectionFailure(cause)) {
			return null;
		}
		PlatformConfigurationException described = new UnusableDatabase(PostgresUrl.parse(key, url).jdbcUrl(), key)
			.because(cause);
		return new FailureAnalysis(described.getMessage(), described.action(), cause);
	}

}
