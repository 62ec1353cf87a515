(* Three tails of N(0, 1), by interval arithmetic on integrals. *)

From Coq Require Import Reals Lra.
From Coquelicot Require Import Coquelicot.
From Interval Require Import Tactic.
From Lemmas Require Import prelude statements.

Open Scope R_scope.


Lemma often_tail : 0.617 < erfc (1 / 4 * sqrt 2) < 0.6172.
Proof. unfold erfc, erf. split; integral. Qed.

Theorem tails : statements.tails.
Proof. unfold statements.tails, erfc, erf. split; integral with (i_prec 60). Qed.
