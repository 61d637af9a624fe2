package io.ikigai.platform.stream;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * What the binder may see of the platform: what its users see, and the listeners.
 */
class BinderRoomTests {

	private static final String ROOT = "io.ikigai.platform";

	private static final JavaClasses main = new ClassFileImporter()
		.withImportOption(new ImportOption.DoNotIncludeTests())
		.importPackages(ROOT + ".stream");

	@Test
	void seesTheApiAndTheListeners() {
		assertThat(main).isNotEmpty();
		classes().should()
			.onlyDependOnClassesThat(resideOutsideOfPackage(ROOT + "..").or(resideInAnyPackage(ROOT, ROOT + ".queue",
					ROOT + ".mailbox", ROOT + ".pubsub", ROOT + ".storage", ROOT + ".listener", ROOT + ".stream")))
			.check(main);
	}

	@Test
	void knowsNoBackend() {
		classes().should()
			.onlyDependOnClassesThat(resideInAnyPackage("java..", "org.jspecify..", "org.apache.commons.logging",
					"org.springframework..", "tools.jackson..", ROOT + "..")
				.and(resideOutsideOfPackage("org.springframework.jdbc.."))
				.and(resideOutsideOfPackage("org.springframework.data..")))
			.check(main);
	}

	@Test
	void isNullMarked() {
		assertThat(main.getPackage(ROOT + ".stream").isAnnotatedWith(NullMarked.class)).isTrue();
		assertThat(main.contain(IkigaiMessageChannelBinder.class)).isTrue();
	}

}
