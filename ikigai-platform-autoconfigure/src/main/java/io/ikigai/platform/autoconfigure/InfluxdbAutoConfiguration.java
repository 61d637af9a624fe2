package io.ikigai.platform.autoconfigure;

import io.ikigai.platform.influxdb.InfluxdbBackend;
import io.ikigai.platform.influxdb.InfluxdbSettings;
import io.ikigai.platform.influxdb.InfluxdbUnusableException;
import io.ikigai.platform.telemetry.TelemetryStore;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.annotation.Bean;

/**
 * InfluxDB, if telemetry is configured to be kept on it.
 */
@AutoConfiguration(after = PostgresAutoConfiguration.class, before = TelemetryAutoConfiguration.class)
@ConditionalOnClass(name = "org.influxdb.InfluxDB")
@ConditionalOnBackend("influxdb")
@EnableConfigurationProperties(InfluxdbProperties.class)
public final class InfluxdbAutoConfiguration {

	InfluxdbAutoConfiguration() {
	}

	// Asks for all properties, so that a wrong value stops the start before a database is
	// made
	@Bean
	@ConditionalOnMissingBean
	InfluxdbBackend ikigaiInfluxdbBackend(InfluxdbProperties properties, PlatformProperties platform,
			ObjectProvider<InfluxdbConnectionDetails> connections, ObjectProvider<SslBundles> bundles) {
		InfluxdbConnectionDetails details = connections.getIfAvailable();
		InfluxdbSettings settings = new InfluxdbSettings((details != null) ? details.url() : properties.checkedUrl(),
				(details != null) ? details.username() : properties.username(),
				(details != null) ? details.password() : properties.password(),
				TlsBundle.of("ikigai.influxdb.ssl.bundle", properties.ssl().bundle(), bundles), properties.database(),
				properties.retentionPolicy(), properties.create(), platform.telemetry().retention());
		try {
			return new InfluxdbBackend(settings);
		}
		catch (InfluxdbUnusableException ex) {
			throw new PlatformConfigurationException("ikigai.services.telemetry is influxdb. " + ex.getMessage() + ".",
					"Correct ikigai.influxdb.url, .username or .password; or make the database and the retention policy "
							+ "by hand and set ikigai.influxdb.create = false.",
					ex);
		}
	}

	@Bean
	@ConditionalOnMissingBean
	TelemetryStore ikigaiTelemetryStore(InfluxdbBackend backend) {
		return backend.telemetryStore();
	}

}
