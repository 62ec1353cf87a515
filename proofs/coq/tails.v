(* Tails of N(0, 1), by interval arithmetic on integrals; i_prec: with integers, not with the floats of a processor. *)

From Coq Require Import Reals.
From Coquelicot Require Import Coquelicot.
From Interval Require Import Tactic.
From Lemmas Require Import prelude statements.

Open Scope R_scope.

Lemma rare_tail : 0.23 < erfc (3 / 5 * sqrt 2) < 0.231.
Proof. unfold erfc, erf. split; integral with (i_prec 30). Qed.

Lemma often_tail : 0.617 < erfc (1 / 4 * sqrt 2) < 0.618.
Proof. unfold erfc, erf. split; integral with (i_prec 30). Qed.

Lemma growth_small : 5 / 4 * ln 2 <= ln (12 / 5).
Proof. interval with (i_prec 30). Qed.

Theorem tails : statements.tails.
Proof. unfold statements.tails, erfc, erf. split; integral with (i_prec 60). Qed.
